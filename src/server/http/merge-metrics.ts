/** Merges texts in the Prometheus format: a metric may have one description, followed by all its series. */
export function mergeMetrics(texts: readonly string[]): string {
  if (texts.length === 1) return texts[0] as string;
  const metrics = new Map<string, { description: string[]; series: string[] }>();
  for (const text of texts)
    for (const block of text.split(/^(?=# HELP )/m)) {
      const lines = block.split('\n').filter((line) => line !== '');
      const name = lines[0]?.split(' ')[2];
      if (name === undefined) continue;
      const metric = metrics.get(name) ?? { description: lines.filter((line) => line.startsWith('# ')), series: [] };
      metric.series.push(...lines.filter((line) => !line.startsWith('# ')));
      metrics.set(name, metric);
    }
  return [...metrics.values()]
    .map(({ description, series }) => `${[...description, ...series].join('\n')}\n`)
    .join('\n');
}
