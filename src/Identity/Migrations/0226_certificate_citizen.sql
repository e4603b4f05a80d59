-- From many citizens to their certificates, retired ones too: a file of grants asks for 100,000.
create index idn_certificate_citizen on idn_certificate(citizen);
