// The draft orders of the session, and what an accepted suggestion makes of them.

/** `Type/id` of a resource, as selections and actions name it. */
export const reference = (resource) => `${resource.resourceType}/${resource.id}`;

/** The drafts of a session, and which of them order-select asks about. */
export class Drafts {
  constructor(context) {
    const entries = context?.draftOrders?.entry ?? [];
    this.all = entries.map((entry) => entry?.resource).filter((resource) => resource && typeof resource === "object");
    this.selected = new Set(context?.selections ?? this.all.map(reference));
  }

  get orders() {
    return this.all.filter((resource) => resource.resourceType === "ServiceRequest");
  }

  find(name) {
    return this.all.find((resource) => reference(resource) === name);
  }

  /** Puts a draft in its place, or at the end where it is new; it is asked about from then on. */
  put(resource) {
    const at = this.all.findIndex((each) => reference(each) === reference(resource));
    if (at < 0) this.all.push(resource);
    else this.all[at] = resource;
    this.selected.add(reference(resource));
  }

  remove(name) {
    this.all = this.all.filter((resource) => reference(resource) !== name);
    this.selected.delete(name);
  }

  select(name, chosen) {
    if (chosen) this.selected.add(name);
    else this.selected.delete(name);
  }

  /** Does what a suggestion says (https://cds-hooks.hl7.org/2.0/#action); gives the orders it wrote. */
  apply(suggestion) {
    const written = [];
    for (const action of suggestion.actions ?? []) {
      if (action.type === "delete") {
        this.remove(action.resourceId);
      } else {
        this.put(action.resource);
        written.push(reference(action.resource));
      }
    }
    return written;
  }

  /** An id that no draft has. */
  freeId() {
    let number = 1;
    while (this.all.some((resource) => resource.id === `order-${number}`)) number += 1;
    return `order-${number}`;
  }

  /** The context of a call: order-select names what it asks about, order-sign asks about everything. */
  context(hook, context) {
    const { selections, draftOrders, ...rest } = context;
    const bundle = { ...draftOrders, resourceType: "Bundle", entry: this.all.map((resource) => ({ resource })) };
    if (hook !== "order-select") return { ...rest, draftOrders: bundle };
    return { ...rest, selections: this.all.map(reference).filter((name) => this.selected.has(name)), draftOrders: bundle };
  }
}
