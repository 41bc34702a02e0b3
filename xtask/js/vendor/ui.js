// What the console's pages draw themselves with: preact with its hooks, signals,
// and htm in the place of JSX, which browsers do not read.
import htm from "htm";
import { h } from "preact";

/**
 * A template of elements: `` html`<p>${text}</p>` ``. htm's types speak of
 * CommonJS, where its default export is the module.
 * @type {(strings: TemplateStringsArray, ...values: any[]) => import("preact").VNode<any>}
 */
export const html = /** @type {any} */ (htm).bind(h);

export { Component, Fragment, cloneElement, createContext, createRef, h, render, toChildArray } from "preact";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "preact/hooks";
export {
  batch,
  computed,
  effect,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "@preact/signals";
