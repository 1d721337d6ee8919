import Codecs
package import Figures

extension FigureRaster {
    /// The picture as PNG: the same pixels give the same bytes.
    package var png: [UInt8] { PNG.encode(PixelImage(width: width, height: height, channels: 3, pixels: pixels)) }
}

/// Figures as pictures of pixels.
package enum FigurePicture {
    /// Pixels for each unit of the drawing: text stays sharp on dense screens and on paper.
    package static let scale = 2

    /// A figure's SVG as PNG; nil for an SVG that is none of ours.
    package static func png(ofSVG svg: String) -> [UInt8]? { (try? FigureRaster(svg: svg, scale: scale))?.png }
}
