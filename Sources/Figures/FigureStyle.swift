/// What a reader may choose about a figure without changing what it says.
public struct FigureStyle: Sendable, Hashable {
    public static let widths = 320...1600

    public var theme: FigureTheme
    /// Pixels; the layout follows it, the size of the text does not.
    public var width: Int

    /// - Parameter width: taken to the nearest end when it lies outside `widths`.
    public init(theme: FigureTheme = .light, width: Int = 760) {
        self.theme = theme
        self.width = min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
    }
}
