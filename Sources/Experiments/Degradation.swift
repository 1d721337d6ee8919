internal import Datasets
internal import Numerics

/// Image distortions of increasing strength; a meaningful distance must increase with the level.
///
/// Levels are 1 to `levels`; 0 leaves images unchanged. Results stay in [0, 1].
/// - Source: Heusel et al. 2017, figure 3, with different strengths.
enum Degradation: String, CaseIterable {
    /// Adds Gaussian noise with standard deviation 0.1 per level, and clips.
    case noise
    /// Gaussian blur with standard deviation 0.5 pixels per level; edge pixels are replicated.
    case blur
    /// Five black rectangles with side lengths of 1/16 of the image per level.
    case rectangles
    /// Rotates pixels around the center: the tangent of half the angle is 0.25 per level at the center and decreases to 0 at half the image size.
    case swirl
    /// Sets 5 percent of the pixels per level to black or white.
    case saltAndPepper = "salt-and-pepper"
    /// Replaces one eighth of the images per level by images of another data set.
    case foreign

    static let levels = 4

    /// - Shapes: images and foreign [count, height, width, channels]
    /// - Parameter stream: one step per image, by the index of the image.
    func apply(level: Int, to images: [Float], shape: ImageShape, foreign: [Float], stream: RandomStream) -> [Float] {
        precondition(0...Self.levels ~= level && images.count % shape.elements == 0)
        guard level > 0 else { return images }
        var result: [Float] = []
        result.reserveCapacity(images.count)
        for place in 0..<images.count / shape.elements {
            let range = place * shape.elements..<(place + 1) * shape.elements
            let picture = Picture(shape: shape, values: Array(images[range]))
            let spoiled: Picture = switch self {
            case .noise: picture.noisy(deviation: 0.1 * Float(level), stream, UInt64(place))
            case .blur: picture.blurred(deviation: 0.5 * Double(level))
            case .rectangles: picture.covered(rectangles: 5, share: Double(level) / 16, stream, UInt64(place))
            case .swirl: picture.swirled(strength: 0.25 * Double(level))
            case .saltAndPepper: picture.sprinkled(share: 0.05 * Float(level), stream, UInt64(place))
            case .foreign: place % 8 < level ? Picture(shape: shape, values: Array(foreign[range])) : picture
            }
            result += spoiled.values
        }
        return result
    }
}
