// Builds ../static/dist from scss/, js/ and icons.txt, then checks sizes and contrast. Any failed check fails the build.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { compile } from "sass";
import { contrastFailures } from "./contrast.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "dist");
// The oldest browsers we promise: the domestic browsers of government offices (ui.md 12).
const target = ["chrome94", "edge94", "firefox98", "safari15.4"];
// Bytes after gzip -9 (ui.md 11).
const budgets = { "app.css": 18, "wall.css": 2, "board.css": 2, "app.js": 20, "public.js": 3, "theme.js": 1, "icons.svg": 5, "favicon.svg": 1 };

const write = (name, text) => writeFileSync(join(out, name), text);

async function styles(name) {
  const { css } = compile(join(here, "scss", `${name}.scss`), {
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const { code } = await transform(css, { loader: "css", minify: true, target, legalComments: "none" });
  write(`${name}.css`, code);
}

async function scripts() {
  for (const [name, format] of [["app", "esm"], ["public", "esm"], ["theme", "iife"]]) {
    await build({
      entryPoints: [join(here, "js", `${name}.js`)],
      outfile: join(out, `${name}.js`),
      bundle: true,
      minify: true,
      format,
      target,
      charset: "utf8",
      legalComments: "none",
    });
  }
}

/** One <symbol> per name in icons.txt; strokes come from the .i class, so the Tabler attributes are dropped. */
function icons() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((n) => n.trim()).filter(Boolean);
  if (String(names) !== String([...new Set(names)].sort())) throw new Error("icons.txt: sort it, each name once");
  const symbols = names.map((name) => {
    const svg = readFileSync(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const body = svg
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
      .replace("</svg>", "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "")
      .replace(/\s*\n\s*/g, "")
      .replace(/ \/>/g, "/>");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  return names.length;
}

function overBudget() {
  const lines = [];
  for (const [name, limit] of Object.entries(budgets)) {
    const size = gzipSync(readFileSync(join(out, name)), { level: 9 }).length / 1024;
    console.log(`${name.padEnd(12)} ${size.toFixed(1).padStart(5)} KB gz of ${limit}`);
    if (size > limit) lines.push(`${name}: ${size.toFixed(1)} KB gz, budget ${limit}`);
  }
  return lines;
}

mkdirSync(out, { recursive: true });
write("favicon.svg", readFileSync(join(here, "favicon.svg"), "utf8").trim());
console.log(`${icons()} icons`);
await Promise.all([styles("app"), styles("wall"), styles("board"), scripts()]);
const { failures, checked } = contrastFailures(readFileSync(join(here, "scss", "_tokens.scss"), "utf8"));
console.log(`${checked} contrast pairs`);
const wrong = [...overBudget(), ...failures];
if (wrong.length) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
