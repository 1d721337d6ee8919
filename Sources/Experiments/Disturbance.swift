internal import Datasets
internal import Numerics

/// The disturbances of Heusel et al. 2017 at their levels; 0 leaves images unchanged.
///
/// - Source: Heusel et al. 2017, figure 3, and the authors' program.
/// - Differs: pixels are in [0, 1]; the swirl does not restore the border, which it hardly moves; the share of foreign images comes from any data set of the same shape.
enum Disturbance: String, CaseIterable {
    /// The mean (1 - a) x + a n with noise n, a = 0.25 per level. The noise is normal, and scaled so that the whole set just fills [0, 1].
    case noise
    /// Gaussian blur with standard deviation 1, 2, 4 pixels; edge pixels are replicated.
    case blur
    /// Five rectangles with sides of 1/4 of the image per level, filled with the least value of the set.
    case rectangles
    /// Rotation about the center by an angle that falls with the distance; 1, 2, 4 radians at the center, to a random side.
    case swirl
    /// 10 percent of the pixels per level become black or white.
    case saltAndPepper = "salt-and-pepper"
    /// One fourth of the images per level is replaced by images of another data set.
    case foreign

    static let levels = 3

    /// - Shapes: images and foreign [count, height, width, channels]
    /// - Parameters:
    ///   - stream: one step per draw and image
    ///   - draw: at most 10,000
    func apply(level: Int, to images: [Float], shape: ImageShape, foreign: [Float], stream: RandomStream, draw: Int) -> [Float] {
        precondition(0...Self.levels ~= level && images.count % shape.elements == 0)
        guard level > 0 else { return images }
        let count = images.count / shape.elements
        func step(_ place: Int) -> UInt64 { UInt64(draw) << 32 | UInt64(place) }
        if self == .noise { return noisy(images, share: 0.25 * Float(level), (0..<count).map { stream.numbers(.normal(mean: 0, deviation: 1), step: step($0), count: shape.elements) }) }
        let strength = Double(1 << (level - 1)), least = images.reduce(Float.infinity, min)
        var result: [Float] = []
        result.reserveCapacity(images.count)
        for place in 0..<count {
            let range = place * shape.elements..<(place + 1) * shape.elements
            let picture = Picture(shape: shape, values: Array(images[range]))
            let disturbed: Picture = switch self {
            case .noise: picture
            case .blur: picture.blurred(deviation: strength)
            case .rectangles: picture.covered(rectangles: 5, share: 0.25 * Double(level), value: least, stream, step(place))
            case .swirl: picture.turned(strength: stream.integer(below: 2, step: step(place), index: 0) == 0 ? strength : -strength, radius: 25)
            case .saltAndPepper: picture.sprinkled(share: 0.1 * Float(level), stream, step(place))
            case .foreign: place % 4 < level ? Picture(shape: shape, values: Array(foreign[range])) : picture
            }
            result += disturbed.values
        }
        return result
    }

    private func noisy(_ images: [Float], share: Float, _ normals: [[Float]]) -> [Float] {
        let noise = normals.flatMap(\.self)
        let least = noise.reduce(Float.infinity, min), span = noise.reduce(-Float.infinity, max) - least
        guard span > 0 else { return images }
        return zip(images, noise).map { (1 - share) * $0 + share * (($1 - least) / span) }
    }
}
