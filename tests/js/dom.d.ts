// What the type check does not ask of the document: our own HTML says which elements there are, and their roots carry state.
interface EventTarget { [property: string]: any }
interface Event { [property: string]: any }
interface ParentNode { querySelector(selectors: string): any; querySelectorAll(selectors: string): any }
interface Element { setAttribute(name: string, value: any): void }
interface CSSStyleDeclaration { setProperty(property: string, value: any, priority?: string): void }
