// check_schema.cjs FOLDER FILE: FILE is as speedscope's own schema says. FOLDER: where npm installed.
const { createRequire } = require('module');
const { readFileSync } = require('fs');
const [folder, file] = process.argv.slice(2);
const Ajv = createRequire(folder + '/')('ajv');
const schema = JSON.parse(readFileSync(folder + '/node_modules/speedscope/dist/release/file-format-schema.json'));
const ajv = new Ajv({ strict: false, allErrors: true });
if (!ajv.validate(schema, JSON.parse(readFileSync(file)))) {
  console.log(ajv.errorsText().slice(0, 2000));
  process.exit(1);
}
