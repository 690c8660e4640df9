// SPDX-License-Identifier: Apache-2.0

package verify

// #include <mipzk/mipzk.h>
import "C"

// Info is what a proof says about itself. None of it is verified.
type Info struct {
	FormatVersion  uint32
	MachineVersion uint32
	ProfileID      uint32
	ProfileName    string
	ProgramID      ProgramID
	Entry          uint32 // of the program, byte address
	ExitCode       uint32
	PublicInput    []byte
	Output         []byte
	Shape          []byte // those of all shards, for Job.Shape
	Shards         uint32
	Tables         uint32 // table instances of all shards
	LogHeight      uint32 // log2 of the rows of the tallest
	SecurityBits   uint32 // provable, rounded down; see Security
	MaxCycles      uint64 // the run is no longer than this
	NoHiding       bool   // the proof may tell everything about the private input
}

// Inspect returns what a proof says about itself. It needs the whole proof: one that is cut short is
// ErrMalformed. Errors: ErrMalformed, ErrUnsupported.
func Inspect(proof []byte) (*Info, error) {
	if err := CheckABI(); err != nil {
		return nil, err
	}
	info := C.mipzk_proof_info{struct_size: C.sizeof_mipzk_proof_info}
	data, length := pointer(proof)
	var e C.mipzk_error
	if err := failure(C.mipzk_proof_inspect(data, length, &info, &e), &e); err != nil {
		return nil, err
	}
	shape := make([]byte, 4*int(info.shards)+2*int(info.tables))
	var size C.size_t
	to, capacity := pointer(shape)
	if err := failure(C.mipzk_proof_shape(data, length, to, capacity, &size, &e), &e); err != nil {
		return nil, err
	}
	out := &Info{
		FormatVersion:  uint32(info.format_version),
		MachineVersion: uint32(info.machine_version),
		ProfileID:      uint32(info.profile_id),
		ProfileName:    C.GoString(&info.profile_name[0]),
		Entry:          uint32(info.entry),
		ExitCode:       uint32(info.exit_code),
		PublicInput:    clone(proof, info.public_input),
		Output:         clone(proof, info.output),
		Shape:          shape[:size],
		Shards:         uint32(info.shards),
		Tables:         uint32(info.tables),
		LogHeight:      uint32(info.log_height),
		SecurityBits:   uint32(info.security_bits),
		MaxCycles:      uint64(info.max_cycles),
		NoHiding:       info.flags&C.MIPZK_PROOF_NO_HIDING != 0,
	}
	for i := range out.ProgramID {
		out.ProgramID[i] = byte(info.program_id[i])
	}
	return out, nil
}

// A Regime is the proven bound that a figure of security rests on.
type Regime uint32

const (
	Unique  Regime = C.MIPZK_REGIME_UNIQUE  // within the unique decoding radius
	Johnson Regime = C.MIPZK_REGIME_JOHNSON // within the Johnson radius
)

// MaxTables is how many tables a shard can have: its shape is 4 bytes and 2 for each.
const MaxTables = C.MIPZK_MAX_TABLES

// MaxShards is how many shards a proof can have.
const MaxShards = C.MIPZK_MAX_SHARDS

// Security is the provable security of each round of the protocol in thousandths of a bit, for the
// parameters and the shape of a proof, provided that it is valid. The total is the least.
type Security struct {
	Regime       Regime
	Multiplicity uint32 // parameter of the Johnson bound, 0 in the other regime

	Lookup, Constraints, Deep, Batch, Query, Hash, Total uint32

	Folds []uint32 // of FRI
}

// SecurityOf tells the security of a proof under a bound. Both bounds are proven, so the greater
// total counts; Policy.MinSecurityBits is about the regime of the proof's profile. Errors:
// ErrArgument for an unknown regime, ErrMalformed, ErrUnsupported.
func SecurityOf(proof []byte, regime Regime) (*Security, error) {
	if err := CheckABI(); err != nil {
		return nil, err
	}
	s := C.mipzk_security{struct_size: C.sizeof_mipzk_security}
	data, length := pointer(proof)
	var e C.mipzk_error
	status := C.mipzk_proof_security(data, length, C.uint32_t(regime), &s, &e)
	if err := failure(status, &e); err != nil {
		return nil, err
	}
	out := &Security{
		Regime:       Regime(s.regime),
		Multiplicity: uint32(s.multiplicity),
		Lookup:       uint32(s.millibits_lookup),
		Constraints:  uint32(s.millibits_constraints),
		Deep:         uint32(s.millibits_deep),
		Batch:        uint32(s.millibits_batch),
		Query:        uint32(s.millibits_query),
		Hash:         uint32(s.millibits_hash),
		Total:        uint32(s.millibits_total),
	}
	for i := 0; i < int(s.folds) && i < C.MIPZK_MAX_FOLDS; i++ {
		out.Folds = append(out.Folds, uint32(s.millibits_fold[i]))
	}
	return out, nil
}

// A Profile is a parameter set that proofs can be made with.
type Profile struct {
	ID           uint32 // for Options.Profile of package mipzk
	Name         string
	TargetBits   uint32 // provable security that it is meant for
	Blowup       uint32
	Queries      uint32
	GrindingBits uint32
	Regime       Regime // proven bound that it rests on
}

// Profiles lists the parameter sets of the library; the first is the default.
func Profiles() []Profile {
	var all []Profile
	for i := C.uint32_t(0); i < C.mipzk_profile_count(); i++ {
		p := C.mipzk_profile{struct_size: C.sizeof_mipzk_profile}
		if C.mipzk_profile_get(i, &p, nil) != C.MIPZK_OK {
			break
		}
		all = append(all, Profile{
			ID:           uint32(p.id),
			Name:         C.GoString(&p.name[0]),
			TargetBits:   uint32(p.target_bits),
			Blowup:       uint32(p.blowup),
			Queries:      uint32(p.queries),
			GrindingBits: uint32(p.grinding_bits),
			Regime:       Regime(p.regime),
		})
	}
	return all
}
