/// How charts and pages look.
enum Stylesheet {
  private static let light = [
    "#0b62c4", "#c2410c", "#0f766e", "#a3195b", "#6d28d9", "#7a5c00", "#4b5563", "#15803d",
  ]
  private static let dark = [
    "#6cb0ff", "#ff9d5c", "#4fd1c5", "#ff85b3", "#b79bff", "#d9c04a", "#a8b3c2", "#6fdc8c",
  ]
  /// Series differ in their dashes too.
  private static let dashes = ["", "6 3", "2 2.5", "9 3 2 3", "12 3", "4 2", "1 3", "7 2 2 2 2 2"]

  private static func variables(_ colours: [String]) -> String {
    colours.enumerated().map { "--c\($0.offset): \($0.element);" }.joined(separator: " ")
  }

  /// Of charts, in a page or alone.
  static var charts: String {
    var text = """
      :root { --ink: #1d2733; --soft: #5a6876; --ground: #ffffff; --panel: #f3f6f9; --rule: #dbe2e9;
      \(variables(light)) }
      @media (prefers-color-scheme: dark) {
      :root { --ink: #e4eaf0; --soft: #9fadbb; --ground: #12171d; --panel: #1b222a; --rule: #333e4a;
      \(variables(dark)) }
      }
      .chart { font: 12px system-ui, sans-serif; background: var(--ground); color: var(--ink) }
      .chart text { fill: var(--ink) } .chart .tick, .chart .label { fill: var(--soft) }
      .chart .label { font-weight: 600 }
      .chart .point { stroke: var(--ground); stroke-width: 3; paint-order: stroke }
      .chart .inside { fill: var(--ground); font-weight: 600 }
      .grid { stroke: var(--rule); fill: none } .axis { stroke: var(--soft); fill: none }
      .line { stroke: var(--s); stroke-width: 2; fill: none; stroke-linejoin: round }
      .run { stroke: var(--s); stroke-width: 1; fill: none; opacity: 0.3 }
      .band { fill: var(--s); opacity: 0.15 }
      .mark { fill: var(--s); stroke: var(--ground); stroke-width: 1 }
      .chart text.name { fill: var(--s) }
      .part { fill: var(--s); stroke: var(--ground); stroke-width: 1 } .rail { fill: var(--panel) }
      .bins { fill: var(--c0) }
      .heat { fill: var(--c1) } .h0 { opacity: 0.3 } .h1 { opacity: 0.45 } .h2 { opacity: 0.6 }
      .h3 { opacity: 0.8 }

      """
    for place in light.indices {
      text += ".s\(place), .p\(place) { --s: var(--c\(place)) }\n"
      if !dashes[place].isEmpty {
        text += ".line.s\(place) { stroke-dasharray: \(dashes[place]) }\n"
      }
    }
    return text
  }

  /// Of pages.
  static let page = """
    * { box-sizing: border-box }
    body { margin: 0; background: var(--ground); color: var(--ink);
    font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100% }
    main { max-width: 62rem; margin: 0 auto; padding: 1rem }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere }
    h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; padding-top: 0.8rem;
    border-top: 1px solid var(--rule) }
    p { margin: 0.5rem 0; max-width: 46rem; overflow-wrap: anywhere }
    .subtitle { color: var(--soft) }
    nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0.8rem 0;
    padding: 0 }
    a { color: var(--c0) }
    .note { border-left: 4px solid var(--c1); background: var(--panel); padding: 0.5rem 0.8rem }
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
    gap: 0.6rem; margin: 1rem 0 }
    .facts div { background: var(--panel); border-radius: 8px; padding: 0.6rem 0.8rem }
    .facts dt { color: var(--soft); font-size: 0.85rem } .facts dd { margin: 0; font-size: 1.15rem;
    font-weight: 600; overflow-wrap: anywhere }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr));
    gap: 1.5rem; margin: 1rem 0 }
    figure { margin: 0; min-width: 0 } figcaption { font-size: 0.9rem; color: var(--soft);
    margin-bottom: 0.5rem; overflow-wrap: anywhere } figcaption strong { color: var(--ink); font-size: 1rem }
    figure > svg { display: block; width: 100%; max-width: 36rem; height: auto }
    summary { cursor: pointer; color: var(--c0); padding: 0.3rem 0; font-size: 0.9rem }
    .scroll { overflow-x: auto; margin: 0.5rem 0 } .long { max-height: 40rem; overflow-y: auto }
    table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums }
    caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem }
    th, td { text-align: left; padding: 0.25rem 0.7rem 0.25rem 0; white-space: nowrap;
    border-bottom: 1px solid var(--rule); vertical-align: top }
    th { position: sticky; top: 0; background: var(--ground); color: var(--soft); font-weight: 600 }
    .r { text-align: right } td.w { white-space: normal; min-width: 10rem }
    .bar { display: block; height: 4px; min-width: 4rem; background: var(--panel); margin-top: 2px }
    .bar i { display: block; height: 100%; background: var(--c0) }
    td code { display: inline-block; max-width: min(26rem, 60vw); white-space: normal;
    overflow-wrap: break-word }
    code, pre { font: 0.85em ui-monospace, monospace }
    pre { background: var(--panel); border-radius: 8px; padding: 0.7rem; overflow-x: auto }
    @media print { .long { max-height: none } }

    """
}
