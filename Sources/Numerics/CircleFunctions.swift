/// Cosine and sine of an angle in turns (1 turn = 360 degrees). Bit-identical on every machine: additions and products only, no libm.
///
/// The nearest quarter turn is subtracted exactly. The remainder, at most pi/4 in magnitude, is evaluated by Taylor series up to x^17 and x^16,
/// whose next terms are below 2^-58. The absolute error is below 2^-52.
/// - Precondition: 0 <= turns < 2^20
public func cosineAndSine(turns: Double) -> (cosine: Double, sine: Double) {
    let quarters = (turns * 4).rounded(.toNearestOrAwayFromZero)
    let x = (turns - quarters / 4) * (2 * Double.pi)
    let square = x * x
    var sine = 0.0
    var cosine = 0.0
    // Horner from the highest term down: 1 - x^2 / (2 * 3) * (1 - x^2 / (4 * 5) * (...)).
    for k in stride(from: 16.0, through: 2, by: -2) {
        sine = 1 - square / (k * (k + 1)) * (k == 16 ? 1 : sine)
        cosine = 1 - square / (k * (k - 1)) * (k == 16 ? 1 : cosine)
    }
    sine *= x
    switch Int(quarters) & 3 {
    case 0: return (cosine, sine)
    case 1: return (-sine, cosine)
    case 2: return (-cosine, -sine)
    default: return (sine, -cosine)
    }
}
