import Canonical
import Testing

@testable import Figures

@Suite("Figures of the plane")
struct PlaneFigureTests {
    private func figure(_ function: (Double, Double) -> Double, levels: [Double]) -> PlaneFigure {
        let values = (0..<41).flatMap { row in (0..<61).map { column in function(-3 + 0.1 * Double(column), -2 + 0.1 * Double(row)) } }
        return PlaneFigure(
            title: "A plane", x: -3...3, y: -2...2, field: .init(title: "field", columns: 61, rows: 41, values: values, levels: levels),
            series: [.init(name: "one", title: "One & all", appearance: 0, circles: [.init(center: .init(x: 1, y: 0), radius: 0.5)], paths: [[.init(x: 0, y: 0), .init(x: 1, y: 0)]])])
    }

    /// Every end of the contour of the squared radius at 1 lies on the unit circle, all around it.
    @Test func aContourLiesAtItsLevel() throws {
        let figure = figure({ $0 * $0 + $1 * $1 }, levels: [1])
        let ends = figure.contour(try #require(figure.field), 1).flatMap { [$0.0, $0.1] }
        #expect(ends.count > 80)
        for end in ends { #expect(abs((end.x * end.x + end.y * end.y).squareRoot() - 1) < 0.002, "\(end)") }
        for (x, y) in [(1.0, 0.0), (0, 1), (-1, 0), (0, -1)] { #expect(ends.contains { abs($0.x - x) + abs($0.y - y) < 0.11 }) }
        #expect(figure.contour(try #require(figure.field), 100).isEmpty)
    }

    /// At a saddle, the mean of the corners decides: here the two high corners are joined, or not.
    @Test(arguments: [(0.4, true), (0.6, false)]) func aSaddleIsResolvedByItsMiddle(level: Double, isJoined: Bool) throws {
        let figure = PlaneFigure(
            title: "", x: 0...1, y: 0...1, field: .init(title: "", columns: 2, rows: 2, values: [1, 0, 0, 1], levels: [level]), series: [])
        let segments = figure.contour(try #require(figure.field), level)
        #expect(segments.count == 2)
        // Joined corners (0, 0) and (1, 1): each segment cuts off one of the low corners.
        for (a, b) in segments { #expect((abs((a.x + b.x) / 2 - (a.y + b.y) / 2) > 0.2) == isJoined, "\(a) \(b)") }
    }

    @Test func unitsAreEqualAndTextIsEscaped() throws {
        let figure = figure({ $0 + $1 }, levels: [0])
        for width in [390, 760] {
            let svg = figure.svg(FigureStyle(width: width))
            #expect(svg.contains("One &amp; all: center (1, 0), radius 0.5") && svg.contains("<title>A plane</title>"))
            // The raster draws it too.
            #expect(try FigureRaster(svg: svg, scale: 1).width == width)
        }
        #expect(figure.csv.replacing("\r", with: "") == "series,kind,path,x,y,radius\none,circle,,1,0,0.5\none,path,0,0,0,\none,path,0,1,0,\n" )
        #expect(figure.json["levels"] == [0.0])
    }
}
