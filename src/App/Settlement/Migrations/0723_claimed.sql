-- What an office has to look at today, among all claims that were ever made.
create index stl_claim_claimed on stl_claim(issuer, month) where state = 'claimed';
