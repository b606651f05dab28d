import ArgumentParser

/// The part of the cells that is computed again: `1%`, `0.5%`, `off`.
struct AuditRate: ExpressibleByArgument {
    /// 0 to 1.
    let part: Double

    init(part: Double) { self.part = part }

    init?(argument: String) {
        if argument == "off" {
            part = 0
            return
        }
        guard argument.hasSuffix("%"), let percent = Double(argument.dropLast()), (0...100).contains(percent) else {
            return nil
        }
        part = percent / 100
    }

    var defaultValueDescription: String { part == 0 ? "off" : "\(part * 100)%" }
}
