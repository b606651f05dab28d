/// Colours that people with any colour vision tell apart, on light paper and on dark.
///
/// Series: M. Okabe, K. Ito, "Color universal design", 2008, the yellow replaced by one that is seen on white; marks
/// and dashes tell them apart as well.
package enum Palette {
    /// Name, on light, on dark.
    static let colours: [(name: String, light: String, dark: String)] = [
        ("paper", "#ffffff", "#14171a"), ("ink", "#1b1f24", "#e8eaed"), ("soft", "#59636e", "#a4adb8"),
        ("faint", "#e4e7eb", "#2c3238"), ("panel", "#f5f7f9", "#1c2126"), ("edge", "#c9d0d7", "#3d454e"),
        ("link", "#0b57a4", "#7db8f0"), ("good", "#0a6b4b", "#52c79b"), ("warn", "#8f4700", "#f0a954"),
        ("c0", "#0072b2", "#4aa8e0"), ("c1", "#bf5200", "#f2843a"), ("c2", "#00805f", "#2ebd92"),
        ("c3", "#ad5289", "#de8fbc"), ("c4", "#8f6200", "#e6b030"), ("c5", "#2a7cab", "#8fd0f5"),
        ("c6", "#6a3d9a", "#b494e0"), ("c7", "#4d4d4d", "#bdbdbd"),
    ]

    static func light(_ name: String) -> String { colours.first { $0.name == name }?.light ?? "#000" }

    /// Declarations of custom properties.
    package static var lightProperties: String { colours.map { "--\($0.name):\($0.light)" }.joined(separator: ";") }
    package static var darkProperties: String { colours.map { "--\($0.name):\($0.dark)" }.joined(separator: ";") }
}
