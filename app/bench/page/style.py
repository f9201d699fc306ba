"""How the page looks, by day and by night."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --soft: #5c6670; --line: #d5dae0; --panel: #f6f7f9;
  --wait: #b8c0c9; --text: #2563c9; --token: #7c4fc4; --voice: #c2570c; --sound: #15803d; --bad: #c02626;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e6e9ec; --soft: #9aa5b0; --line: #363d45; --panel: #1d2126;
    --wait: #56606b; --text: #6ea2f7; --token: #b18cf0; --voice: #f0954e; --sound: #4cbf78; --bad: #f47171;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0 .8rem; color: var(--soft); max-width: 48rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.met { color: var(--sound); } .missed { color: var(--bad); font-weight: 600; }
.chart { background: var(--panel); border-radius: 6px; padding: .5rem; margin: .4rem 0; overflow-x: auto; }
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; }
svg text:not([fill]) { fill: var(--soft); }
svg text.name:not([fill]) { fill: var(--ink); }
.grid { stroke: var(--line); } .whisker { stroke: var(--soft); }
.wait { fill: var(--wait); } .text { fill: var(--text); } .token { fill: var(--token); }
.voice { fill: var(--voice); } .sound { fill: var(--sound); } .dot { fill: var(--text); fill-opacity: .45; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; color: var(--soft); font-size: .9rem; }
.key svg { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; }
details summary { cursor: pointer; color: var(--soft); }
"""
