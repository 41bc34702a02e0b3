import { page } from "/ui/page.js";

import { Statistics } from "./statistics/view.js";

page({ title: "Statistics", nav: "statistics", needs: "statistics:read", view: Statistics });
