// Modules of which only files are read: flux2 is copied and rendered before it is built, and of
// cert-manager the resource definitions are used. Their zips are held against go.sum.
module proofbook.dev/toolchain/data

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/fluxcd/flux2/v2 v2.9.5
)
