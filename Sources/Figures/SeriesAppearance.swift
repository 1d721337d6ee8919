/// Color, marker, and dash of a series, determined by a number (a model's index in the list of models), so that a model has the same color
/// and marker everywhere, and the same hue in both themes.
///
/// The first five colors are those of Okabe and Ito, darkened or lightened; any two differ by at least 25 in CIELAB, and each has at least 3:1 contrast
/// with the theme's background. Markers are redundant to colors, so either is sufficient to distinguish series.
public struct SeriesAppearance: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The index of the series, which determines color and marker.
    public let index: Int
    /// Distinguishes the same model in several studies, by dash only.
    public let variant: Int

    /// Creates an appearance.
    public init(index: Int, variant: Int = 0) {
        self.index = index
        self.variant = variant
    }

    /// An appearance with this index.
    public init(integerLiteral index: Int) { self.init(index: index) }

    static let light = ["#0072b2", "#d55e00", "#00806a", "#b3568f", "#8a6100", "#4a1a8c", "#8c0f1e", "#3c3c3c", "#6f9400", "#8080ff"]
    static let dark = ["#56b4e9", "#f0893b", "#2fbf95", "#e39bc6", "#e6b422", "#b070ff", "#ef4a5a", "#d9d9d9", "#b6e34a", "#4a6cf0"]
    private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "9 3 2 3 2 3"]

    private func pick<Element>(_ list: [Element], _ place: Int) -> Element {
        list[((place % list.count) + list.count) % list.count]
    }

    func color(_ theme: FigureTheme) -> String { pick(theme == .light ? Self.light : Self.dark, index) }
    /// An SVG dash pattern; empty for a solid line.
    var dash: String { pick(Self.dashes, index % Self.dashes.count + index / Self.dashes.count + 3 * (variant % Self.dashes.count)) }
    var marker: Marker { pick(Marker.allCases, index) }
}
