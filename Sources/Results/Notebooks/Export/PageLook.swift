package import Canonical
import Notebooks

/// How an exported page looks: the style sheets of the page that the server shows, so that both look alike, and the font of formulas.
package struct PageLook: Sendable {
    /// Where the colors of the page end in its style sheet.
    private static let endOfColors = "/* Ground */"

    private var style = ""
    private var font: [UInt8]?

    /// A page without styles.
    package init() {}

    /// Reads the styles and the font.
    /// - Parameter folder: of the page's files
    /// - Errors: `FileError`
    package init(folder: String) throws(FileError) {
        func text(_ name: String) throws(FileError) -> String { String(decoding: try FileSystem.read("\(folder)/\(name)", limit: 1 << 20), as: UTF8.self) }
        let all = try text("app.css"), end = all.firstRange(of: Self.endOfColors)
        let colors = end.map { String(all[..<$0.lowerBound]) } ?? ""
        style = colors + (try text("notebook.css")) + (try text("notebook-export.css"))
        font = try FileSystem.read("\(folder)/fonts/fidelio-math.woff2", limit: 1 << 22)
    }

    /// The style sheet of a page; with the font in it if the page has formulas.
    func css(hasFormulas: Bool) -> String {
        let address = "/fonts/fidelio-math.woff2"
        guard hasFormulas, let font else { return withoutFont }
        return style.replacing("url(\"\(address)\")", with: "url(\"data:font/woff2;base64,\(Base64.text(of: font))\")")
    }

    private var withoutFont: String {
        guard let start = style.firstRange(of: "@font-face")?.lowerBound, let end = style[start...].firstIndex(of: "}") else { return style }
        return String(style[..<start] + style[style.index(after: end)...])
    }
}
