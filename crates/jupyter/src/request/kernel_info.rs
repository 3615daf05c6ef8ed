//! `kernel_info_request`: who are you?

use jupyter_protocol::{KernelInfoReply, ReplyStatus};

use crate::KernelInfo;
use crate::wire::PROTOCOL_VERSION;

/// The answer, made once: it is the same on shell and control.
pub(crate) fn reply(info: KernelInfo) -> KernelInfoReply {
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL_VERSION.to_owned(),
        implementation: info.implementation,
        implementation_version: info.implementation_version,
        language_info: info.language_info,
        banner: info.banner,
        help_links: info.help_links,
        debugger: false,
        error: None,
    }
}
