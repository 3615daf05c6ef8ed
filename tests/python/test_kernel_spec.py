"""Jupyter's own tests of a kernel: all of them, none is skipped."""

import jupyter_kernel_test
from jupyter_kernel_test import validate_message

from client import PATIENCE


class FerriteTests(jupyter_kernel_test.KernelTests):
    kernel_name = "ferrite"
    language_name = "rust"
    file_extension = ".rs"

    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("careful");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "let mut v = vec![1, 2]; v.push(3); v", "result": "[1, 2, 3]"},
        {"code": '"text"', "result": '"text"'},
        {
            "code": 'use ferrite::prelude::*; df!("a" => [1, 2])?',
            "mime": "text/html",
        },
    ]
    code_display_data = [
        {
            "code": 'use ferrite::prelude::*;\ndisplay(&MimeBundle::text("x").html("<b>x</b>"));',
            "mime": "text/html",
        },
        {
            "code": 'use ferrite::prelude::*;\ndisplay(&MimeBundle::text("x").svg("<svg/>"));',
            "mime": "image/svg+xml",
        },
    ]
    code_generate_error = 'panic!("on purpose")'
    code_page_something = ":doc Vec"
    code_clear_output = "ferrite::display::clear_output(false);"

    completion_samples = [{"text": ":ti", "matches": {":time", ":time_passes", ":timing"}}]
    code_inspect_sample = ":type"

    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")

    complete_code_samples = [
        "",
        "1",
        "let x = 1;",
        "fn f(a: i32) -> i32 {\n    a + 1\n}",
        "struct P { x: i32 }\nimpl P { fn x(&self) -> i32 { self.x } }",
        'println!("{}", "}");',
        "// only a comment",
        'let s = r#"a " quote"#;',
    ]
    incomplete_code_samples = [
        "fn f() {",
        "let x =",
        "let v = vec![1,",
        'println!("',
        "if a {\n    b()",
        "/* a comment",
        "x\n    .map(|v| {",
        'let s = r#"a " quote',
    ]
    invalid_code_samples = [
        "fn f() }",
        "let = 3;",
        "1 1",
        "let v = vec![1, 2);",
    ]

    # The same as the original, but for the time that a busy machine may take,
    # and for what other requests still have in the pipe.
    def execute_helper(
        self, code, timeout=PATIENCE, silent=False, store_history=True, stop_on_error=True
    ):
        msg_id = self.kc.execute(
            code=code, silent=silent, store_history=store_history, stop_on_error=stop_on_error
        )
        reply = self.get_non_kernel_info_reply(timeout=PATIENCE)
        validate_message(reply, "execute_reply", msg_id)
        messages = []
        while not messages or messages[-1]["content"].get("execution_state") != "idle":
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"]["msg_id"] == msg_id:
                validate_message(message, message["msg_type"], msg_id)
                messages.append(message)
        self.assertEqual(messages[0]["content"]["execution_state"], "busy")
        outputs = [m for m in messages if m["msg_type"] not in ("status", "execute_input")]
        return reply, outputs


class FerriteWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "ferrite"
    support_iopub_welcome = True
