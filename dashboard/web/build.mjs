// SPDX-License-Identifier: Apache-2.0
// Bundles the page, or with --test bundles and runs the tests of its pure parts.
//
//   node build.mjs --out DIR     DIR/index.html and DIR/assets/NAME-HASH.{js,css}: everything but index.html may
//                                be cached for ever
//   node build.mjs --test        test/*.test.ts under node's test runner
//
// Runs where node_modules is (the build folder, which links src, test and static), hence preserveSymlinks.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

// "words:zh", "words:en": the table of one language out of words/all.ts, where each word stands beside its translation.
const oneLanguage = {
  name: "one-language",
  setup(context) {
    context.onResolve({ filter: /^words:(zh|en)$/ }, ({ path }) => ({ path, namespace: "words" }));
    context.onLoad({ filter: /.*/, namespace: "words" }, async ({ path }) => {
      const all = await build({ entryPoints: ["src/words/all.ts"], bundle: true, preserveSymlinks: true, write: false, format: "esm" });
      const { WORDS } = await import("data:text/javascript;base64," + Buffer.from(all.outputFiles[0].contents).toString("base64"));
      const index = path === "words:zh" ? 0 : 1;
      const table = Object.fromEntries(Object.entries(WORDS).map(([key, words]) => [key, words[index]]));
      return { contents: JSON.stringify(table), loader: "json" };
    });
  },
};

// Pages that stand alone, for citizens and screens: their title, and where else to go without JavaScript, if there is a place.
const ALONE = {
  rate: { title: "服务评价", else: ["或向窗口索取纸质评议卡", "or ask at the counter for a paper card"] },
  public: { title: "政务服务评价公示" },
  query: { title: "办件查询" },
  guide: { title: "办事指南", else: ["或到咨询窗口索取纸质办事指南", "or ask at the counter for the guide on paper"] },
  board: { title: "结果公示" },
  take: { title: "自助取号" },
  call: { title: "叫号屏" },
  ticket: { title: "排队号码" },
};

const common = {
  plugins: [oneLanguage],
  bundle: true,
  preserveSymlinks: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8", // a Chinese character is 3 bytes rather than 6
  legalComments: "none",
  logLevel: "warning",
};

// Old county tablets have Chrome 80 (2020).
async function bundlePage(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const result = await build({
    ...common,
    entryPoints: ["src/main.tsx"],
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]", // pages that are read when they are opened (main.tsx)
    splitting: true,
    outdir: join(out, "assets"),
    target: ["chrome80", "firefox78", "safari14"],
    format: "esm",
    minify: true,
    sourcemap: false,
    metafile: true,
  });
  const { outputs } = result.metafile;
  const address = (file) => "/assets/" + basename(file);
  const main = Object.keys(outputs).find((file) => outputs[file].entryPoint === "src/main.tsx");
  // What the page needs at once is asked for at once, not when the script that imports it has come.
  const first = outputs[main].imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
  const links = first.map((path) => `<link rel="modulepreload" href="${address(path)}">`).join("\n    ");
  const page = readFileSync("src/index.html", "utf8")
    .replace("{{modules}}", links)
    .replace("{{script}}", address(main))
    .replace("{{style}}", address(outputs[main].cssBundle));
  cpSync("static", out, { recursive: true, dereference: true });
  writeFileSync(join(out, "index.html"), page);
  const gzipped = (files) => (files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) / 1024).toFixed(1);
  for (const name of Object.keys(ALONE)) console.log(`${name}: ${gzipped(await bundleAlone(out, name))} kB gzipped`);
  const atOnce = [main, outputs[main].cssBundle, ...first];
  console.log(`page: ${gzipped(atOnce)} kB gzipped at once, ${gzipped(Object.keys(outputs))} in all`);
}

// What a QR code leads to and what hangs in the hall are bundles of their own: nothing of the large page is needed there.
async function bundleAlone(out, name) {
  const result = await build({
    ...common,
    entryPoints: [{ in: `src/${name}/main.tsx`, out: name }],
    entryNames: "[name]-[hash]",
    outdir: join(out, "assets"),
    target: ["chrome66", "safari12"],
    format: "esm",
    minify: true,
    metafile: true,
  });
  const files = Object.keys(result.metafile.outputs);
  const address = (end) => "/assets/" + basename(files.find((file) => file.endsWith(end)));
  const { title, else: place } = ALONE[name];
  const without = `请启用浏览器的 JavaScript${place ? `，${place[0]}` : ""}。Please allow JavaScript${place ? `, ${place[1]}` : ""}.`;
  const page = readFileSync("src/alone.html", "utf8")
    .replace("{{title}}", title)
    .replace("{{without}}", without)
    .replace("{{script}}", address(".js"))
    .replace("{{style}}", address(".css"));
  writeFileSync(join(out, `${name}.html`), page);
  return files;
}

async function runTests() {
  const out = mkdtempSync(join(tmpdir(), "hallwatch-web-test-"));
  const tests = readdirSync("test").filter((name) => name.endsWith(".test.ts"));
  await build({
    ...common,
    entryPoints: tests.map((name) => join("test", name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    format: "esm",
    sourcemap: "inline",
  });
  const outputs = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
  const run = spawnSync(process.execPath, ["--test", ...outputs], { stdio: "inherit" });
  rmSync(out, { recursive: true, force: true });
  process.exit(run.status ?? 1);
}

if (process.argv.includes("--test")) {
  await runTests();
} else {
  const at = process.argv.indexOf("--out");
  await bundlePage(at > 0 ? process.argv[at + 1] : "dist");
}
