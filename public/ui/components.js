// What pages are made of. `/design` shows each in all of its states.

export { Button, Copy } from "./components/button.js";
export { Checkbox, ColorInput, Field, Input, Select, Switch, Textarea, useControl } from "./components/fields.js";
export { Icon } from "./components/icon.js";
export { Dialog, Menu } from "./components/overlays.js";
export { Avatar, Badge, Card, Delta, Empty, Meter, Notice, Skeleton, Stat } from "./components/shown.js";
export { Segments, Table, Tabs } from "./components/table.js";
export { Toasts, toast } from "./components/toasts.js";
