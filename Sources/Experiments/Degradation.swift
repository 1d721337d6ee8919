internal import Datasets
internal import Numerics

/// The ways in which images are spoiled step by step, so that a distance that means something must grow.
///
/// Levels run from 1 to `levels`; 0 would be the images as they are. Every result stays in [0, 1].
/// - Source: Heusel et al. 2017, figure 3, where the strengths are not the same as here.
enum Degradation: String, CaseIterable {
    /// Adds normal noise of deviation 0.1 a level, and clips.
    case noise
    /// A Gaussian blur of deviation 0.5 pixels a level; pixels beyond the edge are those at the edge.
    case blur
    /// Five black rectangles with sides of 1/16 of the image's a level.
    case rectangles
    /// Turns pixels around the centre: the tangent of half the angle is 0.25 a level at the centre and falls to 0 at half the image's side.
    case swirl
    /// Blackens or whitens 5 percent of the pixels a level.
    case saltAndPepper = "salt-and-pepper"
    /// Puts images of another data set in the place of an eighth of them a level.
    case foreign

    static let levels = 4

    /// - Shapes: images and foreign [count, height, width, channels]
    /// - Parameter stream: one draw for each image and purpose, by the image's place.
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
