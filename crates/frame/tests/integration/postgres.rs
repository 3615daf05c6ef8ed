//! Queries to a real PostgreSQL, which is started for the test if there is one.
//! Where there is none the tests say so; with `FERRITE_NEED_POSTGRES` set they
//! fail.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ferrite_frame::{FrameError, convert, read};
use tempfile::TempDir;

/// A server of its own, in a folder of its own.
struct Server {
    programs: PathBuf,
    folder: TempDir,
    address: String,
}

impl Server {
    /// Starts one; the error says what is missing.
    fn start() -> Result<Self, String> {
        let programs = programs().ok_or("no initdb in PATH or /usr/lib/postgresql")?;
        let folder = TempDir::new().map_err(|e| e.to_string())?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .map_err(|e| e.to_string())?
            .port();
        let server = Self {
            programs,
            folder,
            address: format!("postgres://tester:secret@127.0.0.1:{port}/postgres"),
        };
        if is_root() {
            server.run(
                Command::new("chown")
                    .arg("postgres")
                    .arg(server.folder.path()),
            )?;
        }
        let data = server.data();
        server.run(
            server
                .program("initdb")
                .args(["-U", "tester", "-E", "UTF8", "--auth=trust", "-D"])
                .arg(&data),
        )?;
        server.make_certificates()?;
        let folder = server.folder.path().display();
        let options = format!(
            "-h 127.0.0.1 -p {port} -k {folder} -c ssl=on \
             -c ssl_cert_file={folder}/server.crt -c ssl_key_file={folder}/server.key"
        );
        server.run(
            server
                .program("pg_ctl")
                .args(["start", "-w", "-l"])
                .arg(data.join("log"))
                .arg("-D")
                .arg(&data)
                .arg("-o")
                .arg(options),
        )?;
        let begun = Instant::now();
        while let Err(error) = read::read_sql(&server.address, "select 1 as one") {
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(error.to_string());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// An authority, and a certificate of its for the server.
    fn make_certificates(&self) -> Result<(), String> {
        let extension = self.folder.path().join("server.ext");
        let names = "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n";
        std::fs::write(extension, names).map_err(|e| e.to_string())?;
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout";
        for command in [
            format!("req -x509 {key} ca.key -out ca.crt -days 2 -subj /CN=authority"),
            format!("req {key} server.key -out server.csr -subj /CN=localhost"),
            "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
             -extfile server.ext -out server.crt"
                .to_owned(),
        ] {
            self.run(Command::new("openssl").args(command.split_whitespace()))?;
        }
        self.run(Command::new("chmod").args(["600", "server.key"]))?;
        if is_root() {
            self.run(Command::new("chown").args(["postgres", "server.key", "server.crt"]))?;
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// PostgreSQL refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    }

    fn run(&self, command: &mut Command) -> Result<(), String> {
        let done = command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match done {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("{command:?}: {other:?}")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.run(
            self.program("pg_ctl")
                .args(["stop", "-m", "immediate", "-D"])
                .arg(self.data()),
        );
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).find(|p| p.join("initdb").is_file()));
    let debian = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        versions
            .flatten()
            .map(|v| v.path().join("bin"))
            .find(|bin| Path::new(bin).join("initdb").is_file())
    };
    on_path.or_else(debian)
}

/// A server; none if there is no PostgreSQL and none is needed.
fn server() -> Option<Server> {
    match Server::start() {
        Ok(server) => Some(server),
        Err(why) if std::env::var_os("FERRITE_NEED_POSTGRES").is_some() => {
            panic!("no PostgreSQL to ask, and FERRITE_NEED_POSTGRES is set: {why}")
        }
        Err(why) => {
            // Unlike `eprintln!`, this is seen when the test passes.
            let told = format!("\nSKIPPED: no PostgreSQL to ask ({why})\n");
            std::io::stderr().write_all(told.as_bytes()).unwrap();
            None
        }
    }
}

#[test]
fn postgres_is_asked_through_tls() {
    let Some(server) = server() else { return };
    let encrypted = |options: &str| -> Result<bool, FrameError> {
        let address = format!("{}?{options}", server.address);
        let query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        let answer = read::read_sql(&address, query)?;
        Ok(answer.column("ssl")?.bool()?.get(0) == Some(true))
    };
    let root = server.folder.path().join("ca.crt").display().to_string();
    assert!(!encrypted("sslmode=disable").unwrap());
    for options in [
        String::new(),
        "sslmode=prefer".to_owned(),
        "sslmode=require&application_name=ferrite".to_owned(),
        format!("sslmode=verify-full&sslrootcert={root}"),
        format!("sslrootcert={root}&sslmode=verify-ca"),
    ] {
        assert!(encrypted(&options).unwrap(), "{options}");
    }
    // The system knows nothing of this authority.
    let error = encrypted("sslmode=verify-full").unwrap_err().to_string();
    assert!(error.contains("ertificate"), "{error}");
    assert!(error.contains("sslrootcert=FILE"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn queries_of_postgres_become_frames() {
    let Some(server) = server() else { return };
    let query = "select 1::int2 as small, 12345678901::int8 as big, 0.5::float4 as half, \
         123.4500::numeric as price, -0.00012::numeric(9,5) as tiny, true as yes, 'é'::text as word, \
         'x'::varchar(3) as short, date '2024-02-29' as day, time '10:30' as clock, \
         timestamp '1999-12-31 23:59:59.5' as moment, timestamptz '2024-01-01 12:00:00+02' as instant, \
         interval '1 day 2 hours' as span, '\\x00ff'::bytea as raw, \
         '{\"a\": 1}'::jsonb as json, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as id, \
         null::int4 as nothing
         union all select null, null, null, 'NaN', null, null, null, null, null, null, null, null, \
         null, null, null, null, 7";
    let frame = read::read_sql(&server.address, query).unwrap();
    let types: Vec<String> = frame.dtypes().iter().map(ToString::to_string).collect();
    assert_eq!(
        types,
        [
            "i64",
            "i64",
            "f64",
            "f64",
            "f64",
            "bool",
            "str",
            "str",
            "date",
            "time",
            "datetime[μs]",
            "datetime[μs, UTC]",
            "duration[μs]",
            "binary",
            "str",
            "str",
            "i64"
        ]
    );
    let first = |name: &str| {
        convert::column_strings(&frame, name).unwrap()[0]
            .clone()
            .unwrap()
    };
    for (name, value) in [
        ("big", "12345678901"),
        ("price", "123.45"),
        ("tiny", "-0.00012"),
        ("word", "é"),
        ("day", "2024-02-29"),
        ("clock", "10:30:00"),
        ("moment", "1999-12-31 23:59:59.500"),
        ("instant", "2024-01-01 10:00:00 UTC"),
        ("span", "1d 2h"),
        ("json", "{\"a\": 1}"),
        ("id", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ] {
        let ours = first(name);
        assert!(ours.starts_with(value), "{name}: {ours}");
    }
    assert_eq!(frame.column("small").unwrap().null_count(), 1);
    assert!(
        frame
            .column("price")
            .unwrap()
            .get(1)
            .unwrap()
            .extract::<f64>()
            .unwrap()
            .is_nan()
    );

    let error = |query: &str| {
        read::read_sql(&server.address, query)
            .unwrap_err()
            .to_string()
    };
    let missing = error("select * from nowhere");
    assert!(
        missing.contains("relation \"nowhere\" does not exist"),
        "{missing}"
    );
    assert!(
        missing.starts_with("postgres://tester@127.0.0.1:"),
        "{missing}"
    );
    let list = error("select array[1, 2] as both");
    assert!(list.contains("\"both\"::text"), "{list}");
}
