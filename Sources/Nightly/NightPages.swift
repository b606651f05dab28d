import Catalog
import Foundation
import Report
import RouteGridBase

/// What people and feed readers look at: `index.html` and `feed.xml`.
package struct NightPages: Sendable {
    private let history: NightHistory
    /// Nights whose files are there.
    private let kept: Set<String>

    /// - Parameters:
    ///   - history: All nights.
    ///   - kept: Those that are not pruned.
    package init(_ history: NightHistory, kept: Set<String>) { (self.history, self.kept) = (history, kept) }

    // MARK: index.html

    package var index: [UInt8] {
        let title = "Nights of \(history.name)"
        var contents = ""
        if let last = history.nights.last {
            let style = [.clean: "better", .changed: "tied"][last.verdict] ?? "too_few"
            let more =
                last.findings.isEmpty
                ? "" : "<ul class=\"plain\">\(last.findings.map { "<li>\(escaped($0))</li>" }.joined())</ul>"
            contents += PlainPage.verdict(style, last.verdict.rawValue, last.text, more)
            contents +=
                "<p class=\"meta\">Night \(escaped(last.id)), \(escaped(last.at)); \(last.computed) of \(last.cells) "
            contents += "cells computed; reference: night \(escaped(history.reference ?? "–"))."
            contents += kept.contains(last.id) ? " <a href=\"latest/report.html\">Report</a>" : ""
            contents += " · <a href=\"feed.xml\">Feed</a> · <a href=\"history.json\">history.json</a></p>\n"
        }
        contents += "<h2>Nights</h2>\n" + nights
        contents +=
            "<h2>Trends</h2>\n<p class=\"note\">One line a router, oldest night first; the band is the reference "
        contents += "night's interval, a large dot an alarm.</p>\n" + trends
        contents += "<h2>How nights are judged</h2>\n" + method
        return PlainPage(
            title: title,
            contents: contents,
            footer: "Made by \(Version.build).",
            head:
                "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"feed.xml\" title=\"\(escaped(title))\"/>\n"
        ).bytes
    }

    private func escaped(_ text: String) -> String { PlainPage.escaped(text) }

    private var trends: String {
        // In the order of the last night, then what is no longer there.
        var order: [String] = []
        var rows: [String: [String: NightHistory.Row]] = [:]
        for night in history.nights.reversed() {
            for row in night.rows {
                if rows[row.row] == nil { order.append(row.row) }
                rows[row.row, default: [:]][night.id] = row
            }
        }
        let reference = history.nights.firstIndex { $0.id == history.reference }
        let lines = order.map { name -> [String] in
            let own = rows[name] ?? [:]
            let points = history.nights.map { night -> TrendLine.Point? in
                guard night.verdict != .incomplete, let row = own[night.id], let value = row.value else { return nil }
                let interval = row.low.flatMap { low in row.high.map { (low: low, high: $0) } }
                return TrendLine.Point(value: value, interval: interval, isAlarm: row.isAlarm == true)
            }
            let before = reference.flatMap { points[$0]?.value }
            let now = points.last.flatMap(\.self)?.value
            let known = own.values.first
            let difference = before.flatMap { before in now.map { $0 - before } }
            return [
                escaped(known?.name ?? name), escaped(known.flatMap { MetricDescriptor.named($0.metric)?.title } ?? ""),
                TrendLine(points, reference: reference, title: "\(name) over \(points.count) nights").markup,
                Self.number(before), Self.number(now),
                difference.map { $0 == 0 ? "0" : ($0 > 0 ? "+" : "") + Self.number($0) } ?? "–",
            ]
        }
        return PlainPage.table(["row", "metric", "trend", ">reference", ">last night", ">difference"], lines)
    }

    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.4f", $0).replacing("-", with: "−") } ?? "–"
    }

    private var nights: String {
        let lines = history.nights.reversed().map { night -> [String] in
            let folder = "nights/\(night.id)"
            let link =
                kept.contains(night.id)
                ? "<a href=\"\(folder)/report.html\">\(escaped(night.id))</a>" : "\(escaped(night.id)) (pruned)"
            let changes =
                kept.contains(night.id) && !night.classes.isEmpty
                ? " <a href=\"\(folder)/changes.html\">changes</a>" : ""
            let isBad = night.verdict == .regressed || night.verdict == .incomplete
            let verdict =
                isBad ? "<span class=\"worse\">\(night.verdict.rawValue)</span>" : escaped(night.verdict.rawValue)
            let marks = history.accepted.contains { $0.night == night.id } ? " · reference" : ""
            return [
                link, escaped(night.at), verdict + marks, escaped(night.text) + changes,
                "\(night.computed)", night.reference.map(escaped) ?? "–",
            ]
        }
        return PlainPage.table(["night", "published", "verdict", "what", ">computed", "against"], lines)
    }

    private var method: String {
        let alpha = JSONValue.shortestText(100 * history.alpha)
        let lines = [
            "A night that lacks records, or on which rows that no router moves (oracle, fixed) have moved, is incomplete: an "
                + "outage is no regression.",
            "Nights are judged against a frozen reference that a person moves, never against the night before: a slow slide "
                + "adds up. `routegrid nightly accept DIR NIGHT` moves it.",
            "Equal bytes need no statistics. Else the difference of each router to the reference is taken with the error of "
                + "both nights (items paired, seeds in quadrature, Student's t).",
            "All nights together raise a false alarm with probability \(alpha) % at most: night k of those that statistics "
                + "are used on may spend α·6/(π²k²) of it, shared equally by all routers. \(history.looks) nights spent so far.",
            "Rows of other data, another pool or other prices are no regression: they are changed, and judged again once a "
                + "night with them is the reference.",
        ]
        let cron = "15 3 * * *  routegrid nightly /srv/grids/GRID.yaml --publish /srv/nights --quiet"
        return "<ul class=\"plain note\">\(lines.map { "<li>\(escaped($0))</li>" }.joined())</ul>\n"
            + "<p class=\"note\">Every night at a quarter past three, by cron (systemd: deploy/systemd/routegrid-nightly.timer):</p>"
            + "\n<pre>\(escaped(cron))</pre>\n"
    }

    // MARK: feed.xml

    /// An Atom feed of nights that were not clean, the latest first.
    package var feed: [UInt8] {
        let told = history.nights.filter { $0.verdict != .clean || $0.reference == nil }.suffix(50).reversed()
        let updated = history.nights.last?.at ?? "1970-01-01T00:00:00Z"
        var text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
        text += "<title>\(escaped("Nights of \(history.name)"))</title>\n<id>\(Self.identity(history.name))</id>\n"
        text += "<updated>\(escaped(updated))</updated>\n<author><name>routegrid</name></author>\n"
        text += "<link rel=\"self\" href=\"feed.xml\"/>\n<link rel=\"alternate\" href=\"index.html\"/>\n"
        for night in told {
            text += "<entry>\n<title>\(escaped("Night \(night.id): \(night.verdict.rawValue)"))</title>\n"
            text +=
                "<id>\(Self.identity("\(history.name)\n\(night.id)"))</id>\n<updated>\(escaped(night.at))</updated>\n"
            text += "<link href=\"nights/\(escaped(night.id))/changes.html\"/>\n"
            let lines = [night.text] + night.findings
            text += "<summary>\(escaped(lines.joined(separator: " · ")))</summary>\n</entry>\n"
        }
        return Array((text + "</feed>\n").utf8)
    }

    /// A name of its own for what a text names, the same every night.
    private static func identity(_ text: String) -> String {
        let hex = Array(Digest(hashing: Array("routegrid/night/1\n\(text)".utf8)).hex.prefix(32))
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
        return "urn:uuid:" + parts.joined(separator: "-")
    }
}
