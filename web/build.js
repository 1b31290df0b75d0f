// Bundles src/ into the program's wwwroot. The same sources always make the same bytes.
//   node build.js             writes
//   node build.js --compare   writes nothing; fails when what is committed differs

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/Museum/Serve/wwwroot");
const fonts = join(here, "node_modules/@fontsource-variable/inter");

async function bundle() {
  // A page and the worker behind it are of one making: the worker's address says which.
  const options = {
    absWorkingDir: here,
    outdir: target,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    external: ["*.woff2"],
    write: false,
    logLevel: "warning",
  };
  const worker = await build({ ...options, entryPoints: { live: "src/live-worker.ts" } });
  const define = {
    WORKER: JSON.stringify(createHash("sha256").update(worker.outputFiles[0].contents).digest("hex").slice(0, 12)),
  };
  const built = await Promise.all([
    worker,
    // The charts are a chunk of their own: the page stands before they are read.
    build({ ...options, entryPoints: { app: "src/main.ts" }, splitting: true, chunkNames: "[name]", define }),
    build({
      ...options,
      entryPoints: {
        login: "src/login.ts",
        account: "src/account.ts",
        kiosk: "src/kiosk/page.ts",
        "app-style": "src/css/app.css",
        "kiosk-style": "src/css/kiosk.css",
      },
    }),
  ]);
  const files = new Map(
    built
      .flatMap(({ outputFiles }) => outputFiles)
      .map(file => [relative(target, file.path), Buffer.from(file.contents)]),
  );
  for (const name of ["app", "kiosk"]) {
    files.set(`${name}.css`, files.get(`${name}-style.css`));
    files.delete(`${name}-style.css`);
  }
  for (const page of ["index.html", "login.html", "account.html", "kiosk.html", "favicon.svg"])
    files.set(page, await readFile(join(here, "src", page)));
  files.set("inter.woff2", await readFile(join(fonts, "files/inter-latin-opsz-normal.woff2")));
  files.set("licences.txt", await licences());
  return files;
}

// What is handed on with the program keeps its authors' terms beside it.
async function licences() {
  const parts = [];
  for (const [name, file] of [
    ["echarts", "LICENSE"],
    ["echarts", "NOTICE"],
    ["zrender", "LICENSE"],
    ["tslib", "LICENSE.txt"],
    ["@fontsource-variable/inter", "LICENSE"],
  ]) {
    parts.push(`==== ${name}: ${file} ====\n\n${await readFile(join(here, "node_modules", name, file), "utf8")}`);
  }
  return Buffer.from(parts.join("\n\n").replaceAll("\r\n", "\n"));
}

async function committed() {
  await mkdir(target, { recursive: true });
  return new Map(
    await Promise.all((await readdir(target)).map(async name => [name, await readFile(join(target, name))])),
  );
}

const [fresh, old] = [await bundle(), await committed()];
const different = [...new Set([...fresh.keys(), ...old.keys()])]
  .filter(name => !fresh.get(name)?.equals(old.get(name) ?? Buffer.alloc(0)))
  .sort();

if (process.argv.includes("--compare")) {
  if (different.length > 0) {
    console.error(
      `src/Museum/Serve/wwwroot: found other bytes in ${different.join(", ")} than web/ builds; run "npm run build" in web/ and commit both`,
    );
    process.exit(1);
  }
  console.log(`wwwroot is what web/ builds: ${fresh.size} files`);
} else {
  for (const name of different) {
    if (fresh.has(name)) await writeFile(join(target, name), fresh.get(name));
    else await rm(join(target, name));
  }
  for (const [name, bytes] of [...fresh].sort()) console.log(`${String(bytes.length).padStart(8)}  ${name}`);
}
