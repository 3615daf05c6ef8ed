//! `kernel_info_request`: who are you?

use jupyter_protocol::JupyterMessageContent;
use serde_json::json;

use crate::KernelInfo;
use crate::wire::{self, PROTOCOL_VERSION};

/// The answer, made once: it is the same on shell and control.
pub(crate) fn reply(info: KernelInfo) -> JupyterMessageContent {
    // Optional features are a list since protocol 5.5; older frontends look at
    // `debugger`.
    let debugger = info.supported_features.iter().any(|f| f == "debugger");
    wire::raw(
        "kernel_info_reply",
        json!({
            "status": "ok",
            "protocol_version": PROTOCOL_VERSION,
            "implementation": info.implementation,
            "implementation_version": info.implementation_version,
            "language_info": info.language_info,
            "banner": info.banner,
            "help_links": info.help_links,
            "debugger": debugger,
            "supported_features": info.supported_features,
        }),
    )
}
