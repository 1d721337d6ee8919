public import Codecs
internal import Canonical
import Numerics

/// A frame as pixels: the field of the discriminator or the density of the flow as a heat map, the warped grid, real points light and generated points dark.
public struct LabPicture {
    /// Width and height.
    public static let side = 384
    private var pixels = [UInt8](repeating: 255, count: 3 * side * side)
    private let extent: Float

    /// Draws a frame over the reference of its branch.
    public static func image(_ frame: LabFrame, reference: LabFrame) -> PixelImage {
        var picture = LabPicture()
        picture.draw(field: frame.part("field"), as: frame.facts["field"]?.stringValue)
        picture.draw(manifold: frame.part("manifold"))
        picture.draw(points: reference.part("real"), [120, 136, 156])
        picture.draw(points: frame.part("generated"), [150, 30, 10])
        return PixelImage(width: side, height: side, channels: 3, pixels: picture.pixels)
    }

    private init() { extent = Float(PlaneDistribution.extent) }

    /// Blue where the score is low, ochre where it is high; white at a probability of one half, or in the middle of a field without that.
    private mutating func draw(field: LabFrame.Part?, as quantity: String?) {
        guard let field else { return }
        let finite = field.values.filter(\.isFinite)
        guard let least = finite.min(), let high = finite.max() else { return }
        // A density falls without bound: twelve nats are shown.
        let low = quantity == "log_density" ? max(least, high - 12) : least, count = field.shape[0]
        let shades = field.values.map { value -> Float in
            if !value.isFinite || high <= low { return 0 }
            if quantity == "logit" { return Float(2 / (1 + RealFunctions.exponential(-Double(max(-60, min(60, value))))) - 1) }
            return 2 * (max(value, low) - low) / (high - low) - 1
        }
        for y in 0..<Self.side {
            for x in 0..<Self.side {
                let shade = shades[(Self.side - 1 - y) * count / Self.side * count + x * count / Self.side]
                let strength = 0.55 * min(1, abs(shade)), color: (Float, Float, Float) = shade < 0 ? (40, 110, 190) : (225, 150, 20)
                let place = 3 * (y * Self.side + x)
                pixels[place] = UInt8(saturating: 255 + (color.0 - 255) * strength)
                pixels[place + 1] = UInt8(saturating: 255 + (color.1 - 255) * strength)
                pixels[place + 2] = UInt8(saturating: 255 + (color.2 - 255) * strength)
            }
        }
    }

    private mutating func draw(manifold: LabFrame.Part?) {
        guard let manifold else { return }
        let color: [UInt8] = [150, 120, 110]
        func node(_ index: Int) -> (Float, Float) { (manifold.values[2 * index], manifold.values[2 * index + 1]) }
        if manifold.shape.count == 2 {
            for index in 1..<manifold.shape[0] { line(node(index - 1), node(index), color) }
            return
        }
        let count = manifold.shape[0]
        for index in 0..<count * count {
            if index % count > 0 { line(node(index - 1), node(index), color) }
            if index >= count { line(node(index - count), node(index), color) }
        }
    }

    private mutating func draw(points: LabFrame.Part?, _ color: [UInt8]) {
        guard let points else { return }
        for index in 0..<points.shape[0] {
            guard let (x, y) = place((points.values[2 * index], points.values[2 * index + 1])) else { continue }
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] { set(x + dx, y + dy, color) }
        }
    }

    /// The pixel of a point; nil far outside.
    private func place(_ point: (Float, Float)) -> (Int, Int)? {
        let x = (point.0 + extent) / (2 * extent) * Float(Self.side), y = (extent - point.1) / (2 * extent) * Float(Self.side)
        guard abs(x) < 4096, abs(y) < 4096 else { return nil }
        return (Int(x), Int(y))
    }

    private mutating func line(_ from: (Float, Float), _ to: (Float, Float), _ color: [UInt8]) {
        guard let begin = place(from), let end = place(to) else { return }
        let steps = max(abs(end.0 - begin.0), abs(end.1 - begin.1), 1)
        for step in 0...steps { set(begin.0 + (end.0 - begin.0) * step / steps, begin.1 + (end.1 - begin.1) * step / steps, color) }
    }

    private mutating func set(_ x: Int, _ y: Int, _ color: [UInt8]) {
        guard 0..<Self.side ~= x, 0..<Self.side ~= y else { return }
        for channel in 0..<3 { pixels[3 * (y * Self.side + x) + channel] = color[channel] }
    }
}
