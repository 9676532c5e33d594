export const byId = (id) => document.getElementById(id);

/** An element with properties and children; texts are texts, whatever stands in them. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties))
    if (value !== undefined) made[property in made ? property : property.toLowerCase()] = value;
  made.append(...children.filter((child) => child !== ''));
  return made;
}
