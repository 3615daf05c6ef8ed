//! A widget in a line of text, for frontends that show none.

use serde_json::{Map, Value};

/// What it is called, which value it has, and what could be chosen.
pub fn line(state: &Map<String, Value>) -> String {
    let text = |name: &str| state.get(name).map(plain).unwrap_or_default();
    let label = text("description");
    let model = text("_model_name");
    let kind = model.trim_end_matches("Model");
    let said = match kind {
        "IntSlider" | "FloatSlider" => format!(
            "{} (a slider from {} to {})",
            text("value"),
            text("min"),
            text("max")
        ),
        "Dropdown" => {
            let labels = state.get("_options_labels").and_then(Value::as_array);
            let labels: Vec<String> = labels.into_iter().flatten().map(plain).collect();
            let index = state.get("index").and_then(Value::as_u64);
            let chosen = index.and_then(|index| labels.get(usize::try_from(index).ok()?));
            let chosen = chosen.map_or("", String::as_str);
            format!("{chosen} (one of {})", labels.join(", "))
        }
        "Checkbox" => match state.get("value") {
            Some(Value::Bool(true)) => "yes".to_owned(),
            _ => "no".to_owned(),
        },
        "Button" => return format!("[{label}]"),
        _ if state.contains_key("value") => text("value"),
        kind => format!("({kind})"),
    };
    if label.is_empty() {
        said
    } else {
        format!("{label}: {said}")
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::{Widget, button, checkbox, dropdown, slider, text_field};

    #[test]
    fn every_kind_reads_well() {
        for (widget, line) in [
            (
                slider(1..=10).initial(3).label("n").widget(),
                "n: 3 (a slider from 1 to 10)",
            ),
            (slider(0.0..=1.0).widget(), "0.0 (a slider from 0.0 to 1.0)"),
            (
                dropdown(["a", "b"]).label("of").widget(),
                "of: a (one of a, b)",
            ),
            (dropdown(Vec::<String>::new()).widget(), " (one of )"),
            (checkbox(true).label("log").widget(), "log: yes"),
            (text_field("x").widget(), "x"),
            (button("Run").widget(), "[Run]"),
            (
                &Widget::new("AccordionModel", "AccordionView", serde_json::json!({})),
                "(Accordion)",
            ),
        ] {
            assert_eq!(format!("{widget:?}"), line);
        }
    }
}
