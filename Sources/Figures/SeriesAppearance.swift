/// The colour, marker and dash of one series, chosen by a number that its owner keeps (a model's place in the list of models).
///
/// Colours follow Okabe and Ito's order, darkened or lightened until each has at least 3:1 contrast with its theme's surface.
/// The marker says the same as the colour, so neither is needed to tell eight series apart.
struct SeriesAppearance {
    let index: Int

    private static let light = ["#0072b2", "#d55e00", "#00806a", "#b3568f", "#8a6100", "#3b87c4", "#6b4fa0", "#4d4d4d"]
    private static let dark = ["#56b4e9", "#f0893b", "#2fbf95", "#e39bc6", "#e6b422", "#8fc7f5", "#b9a2f0", "#c8c8c8"]
    private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "9 3 2 3 2 3"]

    private func pick<Element>(_ list: [Element]) -> Element {
        list[((index % list.count) + list.count) % list.count]
    }

    func colour(_ theme: FigureTheme) -> String { pick(theme == .light ? Self.light : Self.dark) }
    /// An SVG dash pattern; empty for a solid line. A ninth series has the first one's colour and another dash.
    var dash: String { SeriesAppearance(index: index + index / Self.dashes.count).pick(Self.dashes) }
    var marker: Marker { pick(Marker.allCases) }
}
