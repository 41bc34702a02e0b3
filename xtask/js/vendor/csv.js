// Reading CSV as spreadsheets write it; writing is public/ui/download.js.
import Papa from "papaparse";

export const parse = Papa.parse;
