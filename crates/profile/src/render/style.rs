//! The style sheet of profiles, beside that of all tables.

pub(super) const STYLE: &str = "<style>\
.ferrite .profile h4{margin:14px 0 4px;font-size:13px;font-weight:600}\
.ferrite .profile .head{font-size:14px;margin:2px 0 8px}.ferrite .profile .head b{font-weight:600}\
.ferrite .profile .head span+span::before{content:' · ';color:var(--fe-dim)}\
.ferrite .profile ul{margin:4px 0 8px;padding:0;list-style:none}\
.ferrite .profile li{padding:2px 0 2px 10px;border-left:3px solid var(--fe-warn);margin:2px 0}\
.ferrite .profile svg{display:block;fill:var(--fe-accent)}\
.ferrite .profile svg .rest{fill:var(--fe-dim);fill-opacity:.25}\
.ferrite .profile svg text{fill:var(--fe-fg);font-size:11px}\
.ferrite .profile svg .plus{fill:var(--fe-accent)}.ferrite .profile svg .minus{fill:var(--fe-warn)}\
.ferrite .profile svg .none{fill:var(--fe-dim)}.ferrite .profile svg text.strong{fill:light-dark(#fff,#111)}\
.ferrite .profile table td{vertical-align:middle}\
.ferrite .profile td.say{white-space:normal;min-width:220px;max-width:420px}\
.ferrite .profile .bar{display:inline-block;height:6px;background:var(--fe-warn);border-radius:3px;margin-left:6px;vertical-align:middle}\
.ferrite .profile details{margin:1px 0}.ferrite .profile summary{cursor:pointer;padding:2px 0}\
.ferrite .profile .more{display:flex;flex-wrap:wrap;gap:6px 28px;padding:4px 0 12px 16px;align-items:flex-start}\
.ferrite .profile .ends{display:flex;justify-content:space-between;color:var(--fe-dim);font-size:11px}\
</style>";
