/// How plots look: one set of rules for pages, whose colours change, and for files, whose colours do not.
enum PlotStyle {
    /// For a page that declares the colours of ``Palette``.
    static var page: String { rules { "var(--\($0))" } }

    /// For a file of its own: no custom properties, which converters for papers do not know.
    static var standalone: String {
        "text{font-family:Helvetica,Arial,sans-serif;font-size:12px}.paper{fill:\(Palette.light("paper"))}"
            + ".heading{font-size:15px;font-weight:bold;fill:\(Palette.light("ink"))}"
            + ".caption{font-size:11px;fill:\(Palette.light("soft"))}" + rules(Palette.light)
    }

    private static func rules(_ colour: (String) -> String) -> String {
        var out = """
            .grid{stroke:\(colour("faint"));stroke-width:1}
            .axis{stroke:\(colour("soft"));stroke-width:1}
            .tick{fill:\(colour("soft"));font-size:11px}
            .name{fill:\(colour("soft"));font-size:12px}
            .label{fill:\(colour("ink"));font-size:12px}
            .label.named{font-weight:bold}
            .line{fill:none;stroke-width:1.8;stroke-linejoin:round}
            .whisker{stroke-width:1.4;opacity:.55}
            .isobill{fill:none;stroke:\(colour("soft"));stroke-width:1.2;stroke-dasharray:5 4;visibility:hidden;pointer-events:none}
            .isobill.on{visibility:visible}
            .lead{stroke-width:1;opacity:.45}
            .pt{stroke-width:1.5}
            .series.off{display:none}
            .tag,.line,.whisker{pointer-events:none}
            .single .pt{fill:\(colour("soft"));stroke:\(colour("soft"))}
            .single .whisker,.single .lead,.reference .whisker,.reference .lead,.bound .lead{stroke:\(colour("soft"))}
            .reference .line{stroke:\(colour("soft"));stroke-dasharray:2 3}
            .reference .pt{fill:\(colour("soft"));stroke:\(colour("soft"))}
            .bound .line{stroke:\(colour("ink"));stroke-dasharray:7 4;stroke-width:1.3}
            .bound .pt{fill:\(colour("ink"));stroke:\(colour("ink"))}
            .tag .label{paint-order:stroke;stroke:\(colour("paper"));stroke-width:3px;stroke-linejoin:round}
            .zero{stroke:\(colour("ink"));stroke-width:1.2}
            .band{fill:\(colour("edge"));opacity:.35}
            .range{stroke-width:1.8}

            """
        for number in 0..<8 {
            let own = colour("c\(number)")
            out += ".c\(number) .line,.c\(number) .whisker,.c\(number) .lead,.g\(number) .range{stroke:\(own)}\n"
            out += ".c\(number) .pt,.g\(number) .pt{fill:\(own);stroke:\(own)}\n"
            out += ".c\(number) .fill,.c\(number).fill{fill:\(own)}\n"
            out += ".c\(number).tag .label{fill:\(own)}\n"
        }
        out += ".rest .fill{fill:\(colour("edge"))}\n"
        out += ".d1 .line{stroke-dasharray:6 3}\n.d2 .line{stroke-dasharray:1.5 3}\n"
        out += ".series .pt.hollow{fill:\(colour("paper"))}\n"
        return out
    }
}
