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
