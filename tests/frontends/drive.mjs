// Drives JupyterLab or Notebook as a person would, and says what was seen.
//
//   node drive.mjs lab|notebook URL FOLDER [short]
//
// URL is that of a server with its token (`http://localhost:8888/?token=x`),
// whose folder has Ferrite's notebooks; screenshots go into FOLDER. Each line
// of the output is one thing that was looked at; the last says whether all of
// it was there. `short` leaves out what takes longest.

import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const [frontend, address, folder, length] = process.argv.slice(2);
const lab = frontend === 'lab';
// Longer than anything takes on a machine that is busy, in milliseconds.
const PATIENCE = Number(process.env.FERRITE_PATIENCE ?? 300_000);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});
const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
page.setDefaultTimeout(PATIENCE);
const errors = [];
page.on('pageerror', (error) => errors.push(String(error)));

let failed = 0;
const say = (what, seen) => {
  if (!seen) failed += 1;
  console.log(`${seen ? 'seen   ' : 'MISSING'}  ${what}`);
};
const shot = (name) => page.screenshot({ path: `${folder}/${frontend}-${name}.png` });
const within = async (what, look) => {
  try {
    say(what, await look());
  } catch (error) {
    console.log(String(error).split('\n')[0]);
    say(what, false);
    await shot('missing');
  }
};

const open = async (name) => {
  const url = new URL(address);
  url.pathname = lab ? `/lab/tree/${name}` : `/notebooks/${name}`;
  if (lab) url.searchParams.set('reset', '');
  await page.goto(String(url));
  await page.locator('.jp-Notebook:visible .jp-Cell').first().waitFor();
  // The name of the kernel stands there when it was asked who it is.
  await page.locator('.jp-Toolbar-kernelName').filter({ hasText: 'Rust (Ferrite)' }).first().waitFor();
  await idle();
  await page.waitForTimeout(2000);
  for (const button of await page.getByRole('button', { name: 'No', exact: true }).all()) {
    // Whether there is to be news of Jupyter.
    await button.click({ timeout: 5000 }).catch(() => {});
  }
};
const cells = () => page.locator('.jp-Notebook:visible .jp-CodeCell');
const idle = async () => {
  // The indicator is an icon in Notebook and in JupyterLab.
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]:visible').first().waitFor();
};
const menu = async (...path) => {
  for (const [at, text] of path.entries()) {
    const bar = at === 0 ? '.lm-MenuBar-item' : '.lm-Menu-item';
    await page.locator(bar).filter({ hasText: text }).first().click();
  }
};
// A cell at the end, with a text in it.
const write = async (text) => {
  const before = await cells().count();
  // A page that is still being drawn takes no click.
  for (let tries = 0; tries < 20; tries += 1) {
    await page.locator('.jp-Notebook:visible .jp-Notebook-footer').click();
    await page.waitForTimeout(500);
    const last = await cells().last().locator('.cm-content').innerText();
    if ((await cells().count()) > before || last.trim() === '') break;
  }
  const cell = cells().last();
  await cell.locator('.cm-content').click();
  await page.keyboard.insertText(text);
  return cell;
};
const run = () => page.keyboard.press('Control+Enter');
const done = async (cell) => {
  // `[ ]:` before, `[*]:` while it runs.
  await cell.locator('.jp-InputPrompt').filter({ hasText: /\[\d+\]/ }).waitFor();
};
const output = (cell, text) => cell.locator('.jp-OutputArea-output').filter({ hasText: text }).first();

await open('01_tour.ipynb');
if (length !== 'short') {
  await menu('Run', 'Run All Cells');
  await within('Run All: every cell of the tour has run', async () => {
    const last = cells().filter({ hasNot: page.locator('.never') });
    const count = await last.count();
    for (let at = 0; at < count; at += 1) {
      const cell = last.nth(at);
      await cell.scrollIntoViewIfNeeded();
      if ((await cell.locator('.cm-content').innerText()).trim()) await done(cell);
      if (at % 3 === 0) await shot(`tour-${at}`);
    }
    return (await page.locator('[data-mime-type="application/vnd.jupyter.error"]').count()) === 0;
  });
  await within('charts are drawn as SVG', async () =>
    (await page.locator('.jp-OutputArea-output svg, .jp-OutputArea-output img').count()) > 1);
  await within('frames are tables', async () => (await page.locator('.jp-OutputArea-output table').count()) > 1);
}

let cell = await write('use ferrite::prelude::*;\nlet penguins = datasets::penguins()?;\nlet numbers = vec![1u8, 2, 3];\nstruct Point { x: f64, tags: Vec<String> }\nlet point = Point { x: 1.5, tags: vec!["a".to_string()] };\npenguins.head(Some(3))');
await run();
await within('the last expression is a table', async () => {
  await cell.locator('.jp-OutputArea-output table').first().waitFor();
  return true;
});

cell = await write('datasets::flights()?');
await run();
await within('a wide table scrolls in its card, and a plain page does not', async () => {
  const card = cell.locator('.jp-OutputArea-output .ferrite').first();
  await card.locator('table').waitFor();
  await shot('wide');
  // With the style sheet beside it.
  const html = await card.evaluate((card) => card.parentElement.innerHTML);
  const plain = await browser.newPage({ viewport: { width: 700, height: 500 } });
  await plain.setContent(`<!doctype html><body>${html}</body>`);
  await plain.screenshot({ path: `${folder}/${frontend}-wide-plain.png` });
  const [page, wide] = await plain.evaluate(() => [
    document.documentElement.scrollWidth <= window.innerWidth,
    document.querySelector('.ferrite').scrollWidth > window.innerWidth,
  ]);
  await plain.close();
  return page && wide;
});

cell = await write('chart::scatter(&penguins, "flipper_length_mm", "body_mass_g").color("species").interactive()');
await run();
await within('an interactive chart, with a tooltip at a point', async () => {
  const drawing = cell.locator('.vega-embed canvas, .vega-embed svg').first();
  await drawing.waitFor();
  await drawing.scrollIntoViewIfNeeded();
  const tooltip = page.locator('#vg-tooltip-element.visible');
  const box = await drawing.boundingBox();
  for (let step = 0; step < 400 && !(await tooltip.count()); step += 1) {
    // Through the middle of the chart, where the points are.
    const [across, down] = [step % 40, Math.floor(step / 40)];
    await page.mouse.move(box.x + box.width * (0.1 + across / 60), box.y + box.height * (0.3 + down / 30));
  }
  await shot('interactive');
  const text = (await tooltip.count()) ? await tooltip.innerText() : '';
  const failed = await cell.locator('[data-mime-type="application/vnd.jupyter.error"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]').count();
  return text.includes('flipper_length_mm') && text.includes('species') && failed === 0;
});

cell = await write('penguins.so');
await page.keyboard.press('Tab');
await within('Tab: methods of a variable', async () => {
  await page.locator('.jp-Completer-item, .jp-Completer').filter({ hasText: 'sort' }).first().waitFor();
  await shot('completion');
  return true;
});
await page.keyboard.press('Escape');
await page.keyboard.press('Escape');

cell = await write('col("');
await page.keyboard.press('Tab');
await within('Tab in a string: columns of the frame', async () => {
  await page.locator('.jp-Completer').filter({ hasText: 'species' }).first().waitFor();
  await shot('columns');
  return true;
});
await page.keyboard.press('Escape');
await page.keyboard.press('Escape');

cell = await write('penguins');
await page.keyboard.press('Shift+Tab');
await within('Shift-Tab: the type and a preview', async () => {
  await page.locator('.jp-Tooltip').filter({ hasText: 'DataFrame' }).first().waitFor();
  await shot('tooltip');
  return true;
});
await page.keyboard.press('Escape');
await page.keyboard.press('Escape');

cell = await write('let moved = numbers;\nnumbers.len()');
await run();
await within('an error with its cell, a sentence and a link', async () => {
  const error = output(cell, 'E0382');
  await error.waitFor();
  await error.scrollIntoViewIfNeeded();
  await shot('error');
  const text = await error.innerText();
  const link = error.locator('a[href^="https://doc.rust-lang.org/error_codes/E0382"]');
  return text.includes('is gone for later cells') && (await link.count()) > 0;
});

// A text of its own: a session shows a warning once.
cell = await write(`std::fs::remove_file("no such file ${Date.now()}");`);
await run();
await within('a warning, folded', async () => {
  await cell.locator('details summary').filter({ hasText: 'warning: unused' }).waitFor();
  await shot('warning');
  return true;
});

cell = await write('interact(slider(1..=10).label("n"), |n| format!("twice is {}", n * 2))');
await run();
await within('a slider that calls Rust code', async () => {
  const handle = cell.locator('.widget-slider .noUi-handle, .jupyter-widgets .noUi-handle').first();
  await handle.waitFor();
  await handle.scrollIntoViewIfNeeded();
  await output(cell, /twice is \d+/).waitFor();
  const before = await cell.innerText();
  const track = await cell.locator('.noUi-target').first().boundingBox();
  await page.mouse.click(track.x + track.width * 0.7, track.y + track.height / 2);
  await page.waitForFunction(([before]) => {
    const cells = [...document.querySelectorAll('.jp-CodeCell')];
    const cell = cells.find((cell) => cell.querySelector('.noUi-handle'));
    return cell && cell.innerText !== before && /twice is \d+/.test(cell.innerText);
  }, [before]);
  await shot('slider');
  return true;
});

cell = await write('let pick = dropdown(["one", "two"]).label("pick");\npick.on_change(|pick| println!("picked {pick}"));\ndisplay(&pick);\nlet press = button("Press");\npress.on_click(|| println!("pressed"));\ndisplay(&press);');
await run();
await within('a drop-down and a button that call Rust code', async () => {
  await cell.locator('select').first().selectOption('two');
  await output(cell, 'picked two').waitFor();
  await cell.locator('button.jupyter-button', { hasText: 'Press' }).click();
  await output(cell, 'pressed').waitFor();
  await cell.scrollIntoViewIfNeeded();
  await shot('controls');
  return true;
});

cell = await write('for _ in progress(0..40) { std::thread::sleep(std::time::Duration::from_millis(50)); }');
await run();
await within('a bar that grows while the loop runs', async () => {
  const bar = cell.locator('.jp-OutputArea-output').first();
  await bar.waitFor();
  const before = await bar.innerText();
  await shot('progress');
  await output(cell, '40/40').waitFor();
  return before !== (await bar.innerText());
});

cell = await write('let name = input("Name? ")?;\nformat!("Hello, {name}")');
await run();
await within('a question below the cell', async () => {
  const field = cell.locator('.jp-Stdin-input');
  await field.waitFor();
  await field.fill('Ada');
  await shot('stdin');
  await field.press('Enter');
  await output(cell, 'Hello, Ada').waitFor();
  return true;
});

cell = await write('println!("begun"); loop {}');
await run();
await within('an interrupt (■) that keeps variables', async () => {
  await output(cell, 'begun').waitFor();
  await menu('Kernel', 'Interrupt Kernel');
  await output(cell, 'Interrupted').waitFor();
  const after = await write('penguins.height()');
  await run();
  await output(after, '344').waitFor();
  await shot('interrupt');
  return true;
});

const debugging = page.locator('.jp-DebuggerBugButton:visible, [data-jp-item-name="debugger-icon"]:visible').first();
await within('the panel of variables, with types and frames that open', async () => {
  await debugging.click();
  const panel = page.locator('.jp-DebuggerVariables');
  if (!(await panel.isVisible())) await page.keyboard.press('Control+Shift+E');
  await panel.filter({ hasText: 'penguins' }).waitFor();
  await shot('variables');
  return (await panel.innerText()).includes('point');
});

// Whether this machine has a debugger that the kernel finds.
const steps = (process.env.PATH ?? '').split(':').some((folder) =>
  ['', '-18', '-19', '-20', '-21', '-22'].some((version) => existsSync(`${folder}/lldb-dap${version}`)));
cell = await write('let here = vec![4, 5];\nlet sum: i32 = here.iter().sum();\nlet twice = sum * 2;\nformat!("twice is {twice}")');
// The first element of the gutter only keeps it wide.
const gutter = cell.locator('.cm-breakpoint-gutter .cm-gutterElement');
if (await gutter.nth(2).isVisible()) await gutter.nth(2).click();
await page.waitForTimeout(3000);
const icons = page.locator('.jp-DebuggerBreakpoint:visible, .cm-breakpoint-icon:visible');
if (steps) {
  await within('a breakpoint stops the cell, with its line and its variables', async () => {
    await icons.first().waitFor();
    await cell.locator('.cm-content').click();
    await run();
    const line = cell.locator('.jp-DebuggerEditor-highlight');
    await line.filter({ hasText: 'let sum' }).waitFor();
    await page.locator('.jp-DebuggerCallstack').filter({ hasText: 'the cell' }).waitFor();
    await page.locator('.jp-DebuggerVariables').filter({ hasText: 'here' }).waitFor();
    await shot('stopped');
    await page.keyboard.press('F10');
    await line.filter({ hasText: 'let twice' }).waitFor();
    await page.locator('.jp-DebuggerVariables').filter({ hasText: 'i32 = 9' }).waitFor();
    await shot('stepped');
    await page.keyboard.press('F9');
    await output(cell, 'twice is 18').waitFor();
    return true;
  });
} else {
  await within('no breakpoint that would never stop', async () => {
    await shot('breakpoint');
    return (await icons.count()) === 0;
  });
}

await shot('end');
// Notebook has some of its own.
for (const error of errors) console.log(`the page said: ${error}`);
console.log(failed ? `${failed} things are missing` : 'all of it was seen');
await browser.close();
process.exit(failed ? 1 : 0);
