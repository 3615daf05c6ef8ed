//! `usage_request`: what does the kernel need of the machine?
//!
//! ipykernel's own addition to the protocol, which JupyterLab's resource panel
//! asks for on the control channel. The kernel counts with all processes that
//! it has started.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use serde_json::{Value, json};

/// Clock ticks in a second, as `/proc` counts them on every Linux.
const TICKS: f64 = 100.0;
/// Bytes in a page of the kernels that we run on.
const PAGE: u64 = 4096;

/// Remembers the last look: shares of a processor are over the time since then.
#[derive(Default)]
pub(crate) struct Usage {
    last: Option<Look>,
}

struct Look {
    at: Instant,
    kernel: u64,
    host: u64,
    idle: u64,
}

struct Process {
    parent: u32,
    ticks: u64,
    memory: u64,
}

impl Usage {
    /// The content of a `usage_reply`. Where there is no `/proc` it is short.
    pub(crate) fn reply(&mut self) -> Value {
        let mut content = json!({
            "pid": std::process::id(),
            "hostname": fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim(),
            "cpu_count": std::thread::available_parallelism().map_or(1, usize::from),
        });
        let processes = processes();
        let (memory, ticks) = of(std::process::id(), &processes);
        content["kernel_memory"] = json!(memory);
        let (host, idle) = host_ticks(&fs::read_to_string("/proc/stat").unwrap_or_default());
        let now = Look {
            at: Instant::now(),
            kernel: ticks,
            host,
            idle,
        };
        // Like psutil, nothing the first time.
        let (mut kernel_cpu, mut host_cpu) = (0.0, 0.0);
        if let Some(last) = &self.last {
            let seconds = (now.at - last.at).as_secs_f64().max(1e-3);
            let used = ticks.saturating_sub(last.kernel) as f64 / TICKS;
            kernel_cpu = 100.0 * used / seconds;
            let all = host.saturating_sub(last.host).max(1) as f64;
            host_cpu = 100.0 * (1.0 - idle.saturating_sub(last.idle) as f64 / all);
        }
        self.last = Some(now);
        content["kernel_cpu"] = json!(kernel_cpu);
        content["host_cpu_percent"] = json!(host_cpu);
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        content["host_virtual_memory"] = host_memory(&memory);
        content
    }
}

fn processes() -> BTreeMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, Process::parse(&stat)?))
        })
        .collect()
}

impl Process {
    fn parse(stat: &str) -> Option<Self> {
        // The command stands in brackets and may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
            memory: number(21)? * PAGE,
        })
    }
}

/// Memory and ticks of a process and all below it.
fn of(pid: u32, processes: &BTreeMap<u32, Process>) -> (u64, u64) {
    let (mut memory, mut ticks) = (0, 0);
    let mut queue = vec![pid];
    while let Some(pid) = queue.pop() {
        if let Some(process) = processes.get(&pid) {
            memory += process.memory;
            ticks += process.ticks;
        }
        let below = processes
            .iter()
            .filter(|(_, process)| process.parent == pid);
        queue.extend(below.map(|(pid, _)| *pid));
    }
    (memory, ticks)
}

/// All ticks of the machine, and those in which it did nothing.
fn host_ticks(stat: &str) -> (u64, u64) {
    let line = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u64> = line
        .split_whitespace()
        .skip(1)
        .filter_map(|ticks| ticks.parse().ok())
        .collect();
    let idle = ticks.iter().skip(3).take(2).sum();
    (ticks.iter().sum(), idle)
}

fn host_memory(meminfo: &str) -> Value {
    let bytes = |name: &str| {
        let line = meminfo.lines().find(|line| line.starts_with(name))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    };
    let total = bytes("MemTotal:").unwrap_or(0);
    let available = bytes("MemAvailable:").unwrap_or(0);
    let used = total.saturating_sub(available);
    json!({
        "total": total,
        "available": available,
        "free": bytes("MemFree:").unwrap_or(0),
        "used": used,
        "percent": 100.0 * used as f64 / total.max(1) as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_added_up_with_those_below() {
        let parse = |stat| Process::parse(stat).unwrap();
        let rest = "0 0 0 0 0 0 0 0 0 5 7 0 0 20 0 1 0 9 1000 3";
        let processes = BTreeMap::from([
            (10, parse(&format!("10 (a) b) c) S 1 {rest}"))),
            (11, parse(&format!("11 (x) S 10 {rest}"))),
            (12, parse(&format!("12 (y) S 11 {rest}"))),
            (13, parse(&format!("13 (z) S 1 {rest}"))),
        ]);
        assert_eq!(of(10, &processes), (3 * 3 * PAGE, 3 * 12));
        assert_eq!(of(13, &processes), (3 * PAGE, 12));
        assert_eq!(of(99, &processes), (0, 0));
        assert!(Process::parse("nonsense").is_none());
    }

    #[test]
    fn the_machine_is_read() {
        assert_eq!(host_ticks("cpu  1 2 3 40 5 6\ncpu0 1 2 3"), (57, 45));
        assert_eq!(host_ticks(""), (0, 0));
        let memory = host_memory("MemTotal: 100 kB\nMemFree: 10 kB\nMemAvailable: 40 kB\n");
        assert_eq!(memory["used"], 60 * 1024);
        assert_eq!(memory["percent"], 60.0);
    }
}
