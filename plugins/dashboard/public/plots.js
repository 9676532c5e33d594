// Draws each plot from the table beside it, with Chart.js.
import '/dashboard/assets/chart.umd.min.js';

const { Chart } = globalThis;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Columns and rows of a table, as it stands on the page. */
function read(figure) {
  const columns = [...figure.querySelectorAll('thead th')].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...figure.querySelectorAll('tbody tr')];
  const labels = rows.map((row) => row.querySelector('th').textContent.trim());
  const values = columns.map((_, nth) =>
    rows.map((row) => {
      const { value } = row.querySelectorAll('td')[nth].dataset;
      return value === undefined ? null : Number(value);
    }),
  );
  const links = rows.map((row) => row.querySelector('th a')?.href);
  const category = figure.querySelector('thead th').textContent.trim();
  return { columns, labels, values, links, category };
}

/** With its bars lying, so that a name has a line of its own. */
const isAcross = (kind) => kind === 'funnel' || kind === 'ranked';

function scales({ kind, values, columns, category: name }) {
  const title = (text) => ({ display: true, text, color: colour('muted'), font: { size: 11 } });
  const hairline = { color: colour('line'), drawTicks: false };
  const ticks = { color: colour('muted'), padding: 8, maxRotation: 0, autoSkipPadding: 24 };
  const stacked = kind === 'stacked' || kind === 'ranked';
  const counts = { ...ticks, precision: 0 };
  const category = {
    stacked,
    grid: { display: false },
    border: { color: colour('line') },
    ticks,
    title: title(name),
  };
  const number = {
    stacked,
    beginAtZero: true,
    grid: hairline,
    border: { display: false },
    ticks: counts,
    title: title(columns.length > 1 && stacked ? 'How many' : columns[0]),
  };
  // scores have a scale of their own
  if (columns[0] === 'Average')
    return {
      x: category,
      y: { ...number, beginAtZero: false, min: 1, max: 5, ticks: { ...ticks, stepSize: 1 } },
    };
  // a plot of nothing still has a scale
  if (values.flat().every((value) => !value)) number.suggestedMax = 4;
  return isAcross(kind)
    ? { x: number, y: { ...category, ticks: { ...ticks, autoSkip: false } } }
    : { x: category, y: number };
}

function datasets({ kind, columns, values, shownColumns, target }) {
  const tints = [colour('accent'), colour('second')];
  const shown = values.slice(0, shownColumns);
  const aim = {
    type: 'line',
    label: 'Target',
    data: values[0]?.map(() => target),
    borderColor: colour('muted'),
    borderWidth: 1,
    borderDash: [4, 4],
    pointRadius: 0,
    pointHitRadius: 0,
  };
  const drawn = shown.map((data, nth) => ({
    label: columns[nth],
    data,
    borderColor: tints[nth],
    backgroundColor: tints[nth],
    borderWidth: kind === 'line' ? 1.75 : 0,
    pointRadius: 2,
    pointHoverRadius: 4,
    // a point at the top of the scale is whole
    clip: 6,
    // never beyond the values that it joins
    cubicInterpolationMode: 'monotone',
    // a day without a value is a gap
    spanGaps: false,
    maxBarThickness: 22,
    borderRadius: 1,
  }));
  return target === undefined ? drawn : [...drawn, aim];
}

function draw(figure) {
  const { plot: kind, target, shown } = figure.dataset;
  const shownColumns = kind === 'line' ? 1 : shown && Number(shown);
  const plot = { kind, shownColumns, target: target && Number(target), ...read(figure) };
  const area = figure.querySelector('.canvas');
  area.hidden = false;
  figure.querySelector('details').open = false;
  return new Chart(area.querySelector('canvas'), {
    type: plot.kind === 'line' ? 'line' : 'bar',
    data: { labels: plot.labels, datasets: datasets(plot) },
    options: {
      animation: false,
      onClick: (_event, [bar]) => {
        const link = bar && plot.links[bar.index];
        if (link) location.href = link;
      },
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: isAcross(plot.kind) ? 'y' : 'x',
      interaction: { mode: 'index', intersect: false, axis: isAcross(plot.kind) ? 'y' : 'x' },
      scales: scales(plot),
      plugins: {
        legend: {
          display: plot.kind === 'stacked' || plot.kind === 'ranked',
          align: 'start',
          labels: { color: colour('muted'), boxWidth: 10, boxHeight: 10 },
        },
        tooltip: {
          backgroundColor: colour('ink'),
          titleColor: colour('paper'),
          bodyColor: colour('paper'),
          cornerRadius: 2,
          padding: 10,
          displayColors: false,
        },
      },
    },
  });
}

export function drawAll() {
  const figures = [...document.querySelectorAll('[data-plot]')];
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  let charts = figures.map(draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const chart of charts) chart.destroy();
    charts = figures.map(draw);
  });
}
