import COpenBLAS
import RoutingData

/// Whether a factor of a product is read as it stands or transposed.
enum Transposition {
    case none
    case transposed

    var code: CBLAS_TRANSPOSE { self == .none ? CblasNoTrans : CblasTrans }
}

/// BLAS's general product of one type of numbers, as its C interface declares it.
typealias ProductRoutine<Scalar> = (
    CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, Scalar, UnsafePointer<Scalar>?, Int32,
    UnsafePointer<Scalar>?, Int32, Scalar, UnsafeMutablePointer<Scalar>?, Int32
) -> Void

/// Numbers that BLAS multiplies matrices of.
protocol ProductScalar: BinaryFloatingPoint {
    static var product: ProductRoutine<Self> { get }
}

extension Float: ProductScalar {
    static var product: ProductRoutine<Float> { cblas_sgemm }
}

extension Double: ProductScalar {
    static var product: ProductRoutine<Double> { cblas_dgemm }
}

/// c = α · op(a) · op(b) + β · c on row-major storage.
///
/// `c` is `[rows, columns]`, op(a) `[rows, inner]`, op(b) `[inner, columns]`; `leadingA` is the distance between rows
/// of `a` as stored, likewise the others.
@inline(__always)
func gemm<Scalar: ProductScalar>(
    _ transA: Transposition,
    _ transB: Transposition,
    rows: Int,
    columns: Int,
    inner: Int,
    alpha: Scalar = 1,
    _ a: UnsafePointer<Scalar>,
    leadingA: Int,
    _ b: UnsafePointer<Scalar>,
    leadingB: Int,
    beta: Scalar = 0,
    _ c: UnsafeMutablePointer<Scalar>,
    leadingC: Int
) {
    guard rows > 0, columns > 0 else { return }
    Scalar.product(
        CblasRowMajor,
        transA.code,
        transB.code,
        Int32(rows),
        Int32(columns),
        Int32(inner),
        alpha,
        a,
        Int32(leadingA),
        b,
        Int32(leadingB),
        beta,
        c,
        Int32(leadingC)
    )
}

extension Matrix<Double> {
    /// op(self) · op(other).
    func multiplied(
        _ transA: Transposition = .none,
        by other: Matrix<Double>,
        _ transB: Transposition = .none
    ) -> Matrix<Double> {
        OpenBLAS.prepare()
        let (outer, inner) = transA == .none ? (rows, columns) : (columns, rows)
        let (otherInner, otherOuter) = transB == .none ? (other.rows, other.columns) : (other.columns, other.rows)
        precondition(inner == otherInner, "\(outer) × \(inner) times \(otherInner) × \(otherOuter)")
        var product = Matrix(repeating: 0, rows: outer, columns: otherOuter)
        guard inner > 0, outer > 0, otherOuter > 0 else { return product }
        product.elements.withUnsafeMutableBufferPointer { c in
            elements.withUnsafeBufferPointer { a in
                other.elements.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    gemm(
                        transA,
                        transB,
                        rows: outer,
                        columns: otherOuter,
                        inner: inner,
                        a,
                        leadingA: columns,
                        b,
                        leadingB: other.columns,
                        c,
                        leadingC: otherOuter
                    )
                }
            }
        }
        return product
    }

    /// selfᵀ · self, symmetric `[columns, columns]` with both triangles filled.
    func gram() -> Matrix<Double> {
        OpenBLAS.prepare()
        var product = Matrix(repeating: 0, rows: columns, columns: columns)
        guard columns > 0, rows > 0 else { return product }
        product.elements.withUnsafeMutableBufferPointer { c in
            elements.withUnsafeBufferPointer { a in
                cblas_dsyrk(
                    CblasRowMajor,
                    CblasUpper,
                    CblasTrans,
                    Int32(columns),
                    Int32(rows),
                    1,
                    a.baseAddress,
                    Int32(columns),
                    0,
                    c.baseAddress,
                    Int32(columns)
                )
            }
            for row in 1..<max(columns, 1) {
                for column in 0..<row { c[row * columns + column] = c[column * columns + row] }
            }
        }
        return product
    }
}

/// y = op(a) · x for a row-major `[rows, columns]` matrix, float64.
@inline(__always)
func gemv(
    _ transA: Transposition,
    rows: Int,
    columns: Int,
    _ a: UnsafePointer<Double>,
    _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
) {
    cblas_dgemv(
        CblasRowMajor,
        transA.code,
        Int32(rows),
        Int32(columns),
        1,
        a,
        Int32(columns),
        x,
        1,
        0,
        y,
        1
    )
}
