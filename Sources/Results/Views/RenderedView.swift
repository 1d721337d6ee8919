import Canonical
package import Catalog

/// A view as bytes: every form under its digest, and the results behind it. What a link pins, and a record that names both sides of a proof.
package struct RenderedView: Sendable {
    /// What is shown.
    package let view: View
    /// The results that it rests on.
    package let basis: ViewBasis
    /// The rendered bytes of each form.
    package let forms: [(form: ViewForm, object: StoredObject)]
    /// The figures and tables on a page; empty for what is no page.
    package let parts: [View]

    /// The most that one link keeps in rendered forms, in bytes.
    package static let largest = 64 << 20

    /// Canonical JSON: the view, what it rests on, and for each form its digest and size.
    package var object: StoredObject {
        let forms = forms.map { ($0.form.name, JSONValue.object(["digest": .string($0.object.digest.hex), "bytes": .count($0.object.bytes.count)])) }
        let json: JSONValue = .object([
            "view": view.json, "rests_on": basis.json, "forms": .object(Dictionary(forms) { first, _ in first }),
        ])
        return StoredObject(.rendering, Array(json.canonicalText.utf8))
    }
}

/// Rendered forms that are larger together than a link may keep.
package struct RenderingTooLarge: Error, Equatable {
    /// The total size of the rendered forms in bytes.
    package let bytes: Int
}

extension ViewResolver {
    /// A view in all its forms.
    /// - Errors: those of `resolve`; `ResultsError.mixedProtocols`; `MetricNotMeasured`.
    package func render(_ view: View, _ reader: CatalogReader) throws -> RenderedView {
        let resolved = try resolve(view, reader)
        // One figure for all its forms: intervals take thousands of resamples.
        let figure = try resolved.rendered()
        let forms = try resolved.forms.compactMap { form -> (ViewForm, StoredObject)? in
            try Task.checkCancellation()
            guard let bytes = try figure.map({ renderer.bytes($0, form) }) ?? resolved.bytes(form) else { return nil }
            return (form, StoredObject(.form, bytes))
        }
        return RenderedView(view: view, basis: try basis(of: view, reader), forms: forms, parts: resolved.parts)
    }

    /// The objects that a link to a page pins: every figure and table of the page in every form, their records, and as the last one the list of these.
    /// Sample grids are not among them: their pixels are stored under a digest already, and nothing draws them again. What may not be drawn, because
    /// its numbers are of several protocols, is refused to the link's readers as to everybody.
    /// - Errors: `RenderingTooLarge`
    package func pin(_ view: View, _ reader: CatalogReader) throws -> [StoredObject] {
        guard case .page(let page) = view.content else { return try pin([view], reader) }
        return try pin(parts(of: page, reader).filter { if case .grid = $0.content { false } else { true } }, reader)
    }

    private func pin(_ views: [View], _ reader: CatalogReader) throws -> [StoredObject] {
        var objects: [Digest: StoredObject] = [:], list: [String: JSONValue] = [:], bytes = 0
        for view in views {
            let rendered: RenderedView
            do { rendered = try render(view, reader) } catch ResultsError.mixedProtocols { continue } catch is MetricNotMeasured { continue }
            for object in rendered.forms.map(\.object) + [rendered.object] where objects.updateValue(object, forKey: object.digest) == nil {
                bytes += object.bytes.count
            }
            guard bytes <= RenderedView.largest else { throw RenderingTooLarge(bytes: bytes) }
            list[view.digest.hex] = .string(rendered.object.digest.hex)
        }
        let whole = StoredObject(.renderings, Array(JSONValue.object(["views": .object(list)]).canonicalText.utf8))
        return objects.values.sorted { $0.digest < $1.digest } + [whole]
    }
}
