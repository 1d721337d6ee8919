/// Presentation options of a figure, which do not change its content.
public struct FigureStyle: Sendable, Hashable {
    /// Supported widths in pixels.
    public static let widths = 320...1600

    /// Light or dark.
    public var theme: FigureTheme
    /// Width in pixels; determines the layout but not the text size.
    public var width: Int

    /// Creates a style.
    /// - Parameter width: clamped to `widths`
    public init(theme: FigureTheme = .light, width: Int = 760) {
        self.theme = theme
        self.width = min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
    }
}

/// The colors of everything on a figure except data.
public enum FigureTheme: String, Sendable, CaseIterable {
    case light
    case dark

    var surface: String { self == .light ? "#ffffff" : "#15181c" }
    var text: String { self == .light ? "#1b1f24" : "#e6e8eb" }
    var quiet: String { self == .light ? "#57606a" : "#a3acb5" }
    var grid: String { self == .light ? "#e3e6e9" : "#2b3138" }
    var axis: String { self == .light ? "#8c959f" : "#66707a" }
    var box: String { self == .light ? "#eceff2" : "#262c33" }
    var warning: String { self == .light ? "#b3261e" : "#ff8a80" }
}
