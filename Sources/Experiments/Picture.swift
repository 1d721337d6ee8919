internal import Datasets
internal import Numerics

/// An image with distortions.
struct Picture {
    let shape: ImageShape
    /// [height, width, channels], in [0, 1]
    var values: [Float]

    func noisy(deviation: Float, _ stream: RandomStream, _ place: UInt64) -> Picture {
        let noise = stream.numbers(.normal(mean: 0, deviation: deviation), step: place, count: values.count)
        return Picture(shape: shape, values: zip(values, noise).map { max(0, min(1, $0 + $1)) })
    }

    /// Sets all channels of a pixel to black or white together.
    func sprinkled(share: Float, _ stream: RandomStream, _ place: UInt64) -> Picture {
        var result = self
        let draws = stream.numbers(.uniform(low: 0, high: 1), step: place, count: shape.height * shape.width)
        for (pixel, draw) in draws.enumerated() where draw < share {
            for channel in 0..<shape.channels { result.values[pixel * shape.channels + channel] = draw < share / 2 ? 0 : 1 }
        }
        return result
    }

    func covered(rectangles: Int, share: Double, value: Float = 0, _ stream: RandomStream, _ place: UInt64) -> Picture {
        var result = self
        let height = max(1, Int((share * Double(shape.height)).rounded())), width = max(1, Int((share * Double(shape.width)).rounded()))
        for rectangle in 0..<rectangles {
            let top = stream.integer(below: shape.height - height + 1, step: place, index: 2 * rectangle)
            let left = stream.integer(below: shape.width - width + 1, step: place, index: 2 * rectangle + 1)
            for y in top..<top + height {
                for i in (y * shape.width + left) * shape.channels..<(y * shape.width + left + width) * shape.channels { result.values[i] = value }
            }
        }
        return result
    }

    /// Along rows, then along columns; the kernel extends to three standard deviations.
    func blurred(deviation: Double) -> Picture {
        let reach = Int((3 * deviation).rounded(.up))
        var weights = (-reach...reach).map { RealFunctions.exponential(-Double($0 * $0) / (2 * deviation * deviation)) }
        let total = weights.reduce(0, +)
        weights = weights.map { $0 / total }
        let pass = { (source: Picture, dy: Int, dx: Int) in
            source.mapped { y, x, channel in
                var sum = 0.0
                for (k, weight) in weights.enumerated() { sum += weight * Double(source.pixel(y + (k - reach) * dy, x + (k - reach) * dx, channel)) }
                return Float(max(0, min(1, sum)))
            }
        }
        return pass(pass(self, 0, 1), 1, 0)
    }

    /// With t the tangent of half the angle, the cosine is (1 - t^2) / (1 + t^2) and the sine 2t / (1 + t^2): no transcendental function is needed.
    func swirled(strength: Double) -> Picture {
        let (middleY, middleX) = (Double(shape.height - 1) / 2, Double(shape.width - 1) / 2)
        let radius = Double(min(shape.height, shape.width)) / 2
        return mapped { y, x, channel in
            let (dy, dx) = (Double(y) - middleY, Double(x) - middleX)
            let t = strength * max(0, 1 - (dy * dy + dx * dx).squareRoot() / radius)
            let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
            return bilinear(middleY + sine * dx + cosine * dy, middleX + cosine * dx - sine * dy, channel)
        }
    }

    /// Rotates about the center by strength * exp(-distance / r) radians with r = radius ln 2 / 5, so that at `radius` less than a thousandth of the angle is left.
    func turned(strength: Double, radius: Double) -> Picture {
        let (middleY, middleX) = (Double(shape.height - 1) / 2, Double(shape.width - 1) / 2)
        let reach = radius * RealFunctions.logarithm(2) / 5
        return mapped { y, x, channel in
            let (dy, dx) = (Double(y) - middleY, Double(x) - middleX)
            let circle = cosineAndSine(turns: strength.magnitude * RealFunctions.exponential(-(dy * dy + dx * dx).squareRoot() / reach) / (2 * Double.pi))
            let (cosine, sine) = (circle.cosine, strength < 0 ? -circle.sine : circle.sine)
            return bilinear(middleY + sine * dx + cosine * dy, middleX + cosine * dx - sine * dy, channel)
        }
    }

    private func bilinear(_ y: Double, _ x: Double, _ channel: Int) -> Float {
        let (top, left) = (y.rounded(.down), x.rounded(.down))
        let (fy, fx) = (y - top, x - left), (row, column) = (Int(top), Int(left))
        func at(_ dy: Int, _ dx: Int) -> Double { Double(pixel(row + dy, column + dx, channel)) }
        return Float((1 - fy) * ((1 - fx) * at(0, 0) + fx * at(0, 1)) + fy * ((1 - fx) * at(1, 0) + fx * at(1, 1)))
    }

    /// The value at a position, with edge replication.
    private func pixel(_ y: Int, _ x: Int, _ channel: Int) -> Float {
        let row = max(0, min(shape.height - 1, y)), column = max(0, min(shape.width - 1, x))
        return values[(row * shape.width + column) * shape.channels + channel]
    }

    private func mapped(_ value: (_ y: Int, _ x: Int, _ channel: Int) -> Float) -> Picture {
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                for channel in 0..<shape.channels { result.append(value(y, x, channel)) }
            }
        }
        return Picture(shape: shape, values: result)
    }
}
