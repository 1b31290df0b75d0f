// The suites of one half, or of both: node tests/all.js [1|2]. Within a half one after another, each with a museum of
// its own. They mostly wait, the second half most of all, so that two processes do not get in each other's way.
const halves = [
  ["pictures", "evidence", "floors", "live", "login", "prefix", "museums", "honest", "questions", "kiosk"],
  ["reception", "pages", "exhibition", "safety"],
];

for (const name of process.argv[2] ? halves[process.argv[2] - 1] : halves.flat()) await import(`./${name}.test.js`);
