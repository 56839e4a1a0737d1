// Copies ids on request: the only thing that plain pages need a program for.

for (const element of document.querySelectorAll<HTMLElement>('code[title]'))
  element.addEventListener('dblclick', () => void navigator.clipboard?.writeText(element.title));
