package mask

import "strings"

// isLanguage reports whether a name, in small letters without accents, is or ends in the word for a password in another language.
func isLanguage(whole string) bool {
	for _, word := range [...]string{
		"passwort", "kennwort", "losungswort", // de
		"motdepasse", "mdp", // fr
		"contrasena", "clave", "contrasenya", // es, ca
		"senha", "palavrapasse", "palavrachave", // pt
		"wachtwoord", "wagwoord", // nl, af
		"haslo", "heslo", "geslo", // pl, cs, sk, sl
		"jelszo",                                        // hu
		"losenord", "adgangskode", "kodeord", "passord", // sv, da, nb
		"salasana", "parool", "salasona", "slaptazodis", // fi, et, lt
		"parola", "parole", "sifre", "parolachiave", // it, ro, tr, lv
		"lozinka", "zaporka", "sifra", "pasahitza", // hr, sr, eu
		"matkhau", "katasandi", "sandi", "fjalekalimi", // vi, id, sq
	} {
		if whole == word || len(word) > 5 && strings.HasSuffix(whole, word) {
			return true
		}
	}
	return false
}

// classOfForeign returns what a name says that has other letters than Latin ones, without their marks.
func classOfForeign(name string) class {
	for _, word := range [...]string{
		"парол", "лозинк", "шифр", "токен", "секрет", // ru, uk, bg, sr
		"κωδικ", "συνθηματικ", // el
		"密码", "密碼", "口令", "密钥", "密鑰", "秘钥", "令牌", "秘密", // zh
		"パスワード", "ハスワート", "暗証番号", "トークン", "秘密鍵", // ja
		"비밀번호", "암호", "패스워드", "토큰", // ko
		"المرور", "السر", "عبور", "گذرواژه", // ar, fa
		"סיסמה", "סיסמא", // he
		"पसवरड", "কথাসঙকত", "পসওযরড", // hi, bn
		"รหสผาน", "პაროლი", "գաղտնաբառ", // th, ka, hy
	} {
		if strings.Contains(name, word) {
			return strong
		}
	}
	return plain
}
