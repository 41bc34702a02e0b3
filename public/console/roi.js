import { page } from "/ui/page.js";

import { Roi } from "./roi/view.js";

page({ title: "ROI calculator", nav: "roi", needs: "statistics:read", view: Roi });
