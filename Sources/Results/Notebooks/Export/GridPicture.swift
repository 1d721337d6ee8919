import Codecs
import Figures

/// The sample grids of a cell as one picture, with the names of rows and columns: for files that hold one picture for each cell.
enum GridPicture {
    private static let margin = 12, largest = 1 << 24

    /// - Returns: nil where there are no pictures, or where they would be too large together
    static func png(_ output: ExportedNotebook.Output) -> [UInt8]? {
        let (rows, columns) = (heads(output.html, "row"), heads(output.html, "col"))
        var pictures: [(row: Int, column: Int, image: PixelImage)] = []
        for form in output.forms where form.type == "image/png" {
            let place = form.name.split(separator: "-").compactMap { Int($0) }
            guard place.count == 2, place[0] < rows.count, place[1] < columns.count, let image = try? PNG.decode(form.bytes) else { continue }
            pictures.append((place[0], place[1], image))
        }
        guard let width = pictures.map(\.image.width).max(), let height = pictures.map(\.image.height).max() else { return nil }
        // Names are set 12 pixels high, about 7 wide a letter.
        let left = margin + 7 * (rows.map(\.count).max() ?? 0) + margin, top = margin + 24
        let (whole, tall) = (left + columns.count * (width + margin), top + rows.count * (height + margin))
        guard whole * tall <= largest, var canvas = labels(rows, columns, whole, tall, left: left, top: top, cell: (width + margin, height + margin)) else { return nil }
        for picture in pictures { paste(picture.image, into: &canvas, width: whole, x: left + picture.column * (width + margin), y: top + picture.row * (height + margin)) }
        return PNG.encode(PixelImage(width: whole, height: tall, channels: 3, pixels: canvas))
    }

    private static func labels(
        _ rows: [String], _ columns: [String], _ width: Int, _ height: Int, left: Int, top: Int, cell: (width: Int, height: Int)
    ) -> [UInt8]? {
        var svg = "<svg width=\"\(width)\" height=\"\(height)\"><rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>"
        for (place, name) in columns.enumerated() { svg += "<text x=\"\(left + place * cell.width)\" y=\"\(top - 10)\" fill=\"#1b1f24\" font-size=\"12\">\(name)</text>" }
        for (place, name) in rows.enumerated() { svg += "<text x=\"\(margin)\" y=\"\(top + place * cell.height + 16)\" fill=\"#1b1f24\" font-size=\"12\">\(name)</text>" }
        return (try? FigureRaster(svg: svg + "</svg>", scale: 1))?.pixels
    }

    private static func paste(_ image: PixelImage, into canvas: inout [UInt8], width: Int, x: Int, y: Int) {
        for row in 0..<image.height {
            for column in 0..<image.width {
                for channel in 0..<3 {
                    let source = (row * image.width + column) * image.channels + (image.channels == 3 ? channel : 0)
                    canvas[((y + row) * width + x + column) * 3 + channel] = image.pixels[source]
                }
            }
        }
    }

    /// The texts of a table's heads, escaped as they are in its HTML.
    private static func heads(_ html: String, _ scope: String) -> [String] {
        html.split(separator: "<th scope=\"\(scope)\">").dropFirst().map { part in String(part.prefix { $0 != "<" }).replacing("&#39;", with: "'") }
    }
}
