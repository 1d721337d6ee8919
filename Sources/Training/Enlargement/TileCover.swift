/// The tiles that cover a low-resolution picture: each is enlarged with a margin around it, of which only the tile itself is kept, so that seams do not show.
///
/// All windows (tiles with their margins) of a picture have one size; at the edges of the picture they are moved inside. A picture that is not larger than one window is
/// a single tile.
struct TileCover: Equatable {
    /// A window and the part of it that is kept, in low-resolution pixels of the picture.
    struct Tile: Equatable {
        let rows: Range<Int>
        let columns: Range<Int>
        let keptRows: Range<Int>
        let keptColumns: Range<Int>
    }

    /// Low-resolution pixels around a tile, at least.
    static let leastMargin = 16

    let tiles: [Tile]
    let windowHeight: Int
    let windowWidth: Int

    /// - Parameters:
    ///   - height: rows of the picture, a multiple of `multiple`
    ///   - width: columns, likewise
    ///   - size: rows and columns of a tile, rounded up to a multiple
    ///   - margin: pixels around a tile, rounded up to a multiple
    ///   - multiple: what the sizes of all windows, and their places, must be multiples of
    init(height: Int, width: Int, size: Int, margin: Int = leastMargin, multiple: Int) {
        func rounded(_ count: Int) -> Int { (count + multiple - 1) / multiple * multiple }
        let rows = Self.axis(height, rounded(size), rounded(margin)), columns = Self.axis(width, rounded(size), rounded(margin))
        tiles = rows.flatMap { row in columns.map { Tile(rows: row.window, columns: $0.window, keptRows: row.kept, keptColumns: $0.kept) } }
        (windowHeight, windowWidth) = (rows[0].window.count, columns[0].window.count)
    }

    private static func axis(_ length: Int, _ size: Int, _ margin: Int) -> [(window: Range<Int>, kept: Range<Int>)] {
        let window = size + 2 * margin
        guard length > window else { return [(0..<length, 0..<length)] }
        return stride(from: 0, to: length, by: size).map { start in
            let first = Swift.max(0, Swift.min(start - margin, length - window))
            return (first..<first + window, start..<Swift.min(start + size, length))
        }
    }
}
