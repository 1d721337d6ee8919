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
