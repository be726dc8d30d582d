package mask

import "strings"

// issued are the beginnings of the keys that services issue, each with how many characters follow at least.
var issued = newIssued(`
	A3- 24, ops_eyJ 40, p8e- 32, aio_ 24, AGE-SECRET-KEY- 30, AGE-PLUGIN- 30, LTAI 16, sk-ant- 20, sk- 32, sk-proj- 20, sk-svcacct- 20, sk-or- 20, AKCp 40, cmVmd 40,
	AKIA 12, ASIA 12, ABIA 12, ACCA 12, A3T 17, ABSK 60, bedrock-api-key- 12, 4b1d 38, CLOJARS_ 40, v1.0- 100, ATATT3 40, ATCTT3 40, ATBB 28, BBDC- 30,
	dapi 32, dnkey- 30, doo_v1_ 32, dop_v1_ 32, dor_v1_ 32, dp.pt. 24, dp.st. 24, dp.ct. 24, dp.sa. 24, duffel_test_ 20, duffel_live_ 20, dt0c01. 40, dt0s01. 40, EZAK 40, EZTK 40,
	EAAM 80, EAAC 80, EAA 100, FLWSECK_TEST- 12, FLWSECK- 12, FLWPUBK_TEST- 20, fo1_ 30, fm1a_ 40, fm1r_ 40, fm2_ 40, fio-u- 40, AIza 30, GOCSPX- 20, ya29. 20, 1// 30,
	ghp_ 20, gho_ 20, ghu_ 20, ghs_ 20, ghr_ 20, github_pat_ 20, glpat- 16, glptt- 20, gldt- 16, glrt- 16, glcbt- 16, glft- 16, glffct- 16, glimt- 16, glagent- 20, gloas- 20, glsoat- 16, GR1348941 16,
	glc_ 24, glsa_ 24, eyJ 20, ZXlK 24, pat. 40, sat. 40, HRKU-AA 20, hf_ 20, api_org_ 20, ico- 30, s-s4t2 32, lin_api_ 20, lin_oauth_ 20, live_ 30, test_ 30, key- 30, pubkey- 30, pk. 40, sk. 40,
	NRAK- 20, NRII- 20, NRJS- 16, NRRA- 30, NRIQ- 20, NRAA- 20, ntn_ 20, secret_ 30, npm_ 20, oy2 40, API- 24, pplx- 20, access-sandbox- 20, access-production- 20, access-development- 20,
	pscale_tkn_ 16, pscale_pw_ 16, pscale_oauth_ 16, pscale_app_ 16, PMAK- 20, pnu_ 20, pul- 30, pypi- 30, rdme_ 30, rubygems_ 24, tk-us- 24, SG. 30, xkeysib- 30, xsmtpsib- 30, sntrys_ 24, sntryu_ 24,
	sm_aat_ 12, sm_pat_ 12, sm_sat_ 12, shippo_live_ 20, shippo_test_ 20, shpat_ 20, shpca_ 20, shppa_ 20, shpss_ 20, xoxb- 10, xoxp- 10, xoxa- 8, xoxr- 8, xoxs- 8, xoxo- 8, xoxe- 8, xoxe. 20, xoxc- 10, xoxd- 10, xapp- 10,
	squ_ 20, sqp_ 20, sqa_ 20, sgp_ 20, sq0atp- 16, sq0csp- 16, EAAA 22, sk_live_ 8, sk_test_ 8, sk_prod_ 8, rk_live_ 8, rk_test_ 8, rk_prod_ 8, whsec_ 16, SK 32, AC 32, tfp_ 20, hvs. 16, hvb. 16, hvr. 16, s. 24, b. 24, r. 24, AQVN 30, t1. 40, patt 30,
	figd_ 20, tskey- 12, ntfy_ 16, dckr_pat_ 16, dckr_oat_ 16, nvapi- 20, gsk_ 20, r8_ 20, xai- 20, fw_ 20, co_ 30, re_ 20, phc_ 20, phx_ 20, sbp_ 20, supabase_ 20, vercel_ 20, nfp_ 20, render_ 20, rnd_ 20, fly_ 30, CFPAT- 20, doppler_ 20, lf_ 30, ls__ 20, lsv2_ 20,
	ya.oauth 20, wg_ 40, prefect_ 24, rpa_ 20, cio_ 30, ddp_ 20, ddapp_ 20, shpua_ 20, authress_ 20, sc_ 40, ext_ 40, scauth_ 40, pat 60, CONTENTFUL- 20, SharedAccessSignature 20, b_ 44, atlasv1. 40, sha256~ 30, bb_ 30, exp_ 40, ops- 40, mmk_ 20, op_ 40
`)

// keyLength is how long a key is at most of which all is looked at.
const keyLength = 4 << 10

// issuedKey is what begins a key.
type issuedKey struct {
	prefix string
	least  int
}

// newIssued sorts the beginnings by their first character.
func newIssued(list string) *[128][]issuedKey {
	all := &[128][]issuedKey{}
	for entry := range strings.SplitSeq(list, ",") {
		prefix, number, _ := strings.Cut(strings.TrimSpace(entry), " ")
		least := 0
		for i := range len(number) {
			least = least*10 + int(number[i]-'0')
		}
		all[prefix[0]] = append(all[prefix[0]], issuedKey{prefix, least})
	}
	return all
}

// issued returns where the key ends that begins at i; 0 when none that a service issues does.
func (m *masker) issued(i int) int {
	c := m.text[i]
	if c >= 0x80 || i > 0 && inKey(m.text[i-1]) && m.text[i-1] != '=' && m.text[i-1] != '/' {
		return 0
	}
	for _, k := range issued[c] {
		if !strings.HasPrefix(m.text[i:], k.prefix) {
			continue
		}
		end := i + len(k.prefix)
		varied, digits, first := 0, 0, 0
		for end < len(m.text) && end < i+keyLength && inKey(m.text[end]) {
			if isDigit(m.text[end]) {
				digits++
			}
			if m.text[end] == '.' && first == 0 {
				first = end - i - len(k.prefix)
			}
			if isDigit(m.text[end]) || m.text[end] >= 'A' && m.text[end] <= 'Z' {
				varied++
			}
			end++
		}
		for end > i && (m.text[end-1] == '.' || m.text[end-1] == '-' || m.text[end-1] == '/') {
			end--
		}
		if len(k.prefix) <= 3 && k.prefix[len(k.prefix)-1] != '_' && (digits < 2 || first > 0 && first < 14) {
			continue // names begin like this
		}
		if rest := end - i - len(k.prefix); rest >= k.least && (varied > 1 || len(k.prefix) > 6) && oneWord(m.text[i+len(k.prefix):end], k.least) {
			return end
		}
	}
	return 0
}

// oneWord reports whether so many characters of s stand in one run of letters and digits, or s has both cases and digits: it is no
// name made of words.
func oneWord(s string, least int) bool {
	run, longest := 0, 0
	var upper, lower, digit bool
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digit = true
			run++
		case isLetter(c):
			upper, lower = upper || c < 'a', lower || c >= 'a'
			run++
		default:
			run = 0
		}
		longest = max(longest, run)
	}
	return longest >= min(least, 8) && digit || upper && lower && digit || longest >= 16 || upper && digit && !lower && least >= 20
}

// inKey reports whether c may stand in a key that a service issues.
func inKey(c byte) bool {
	return inName(c) || c == '+' || c == '/' || c == '=' || c == '~'
}
