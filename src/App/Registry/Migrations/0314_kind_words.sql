-- How a kind of provider is read and what else it is called, with 、 between: the search of places finds it by these, too (S0-1008).
alter table reg_provider_kind add column words text not null default '';
update reg_provider_kind set words = 'トショカン、図書室、トショシツ、ライブラリー' where code = 'library';
update reg_provider_kind set words = 'クミンヒロバ、ヒロバ' where code = 'plaza';
update reg_provider_kind set words = 'ジム、フィットネス' where code = 'gym';
update reg_provider_kind set words = 'ビジュツカン、ハクブツカン、ミュージアム' where code = 'museum';
update reg_provider_kind set words = 'ショウテンガイ' where code = 'shopping_street';
update reg_provider_kind set words = 'スポーツシセツ、体育館、タイイクカン' where code = 'sports_facility';
update reg_provider_kind set words = 'コウキョウコウツウ、バス、電車、デンシャ' where code = 'public_transport';
update reg_provider_kind set words = 'ジテンシャオキバ、駐輪場、チュウリンジョウ' where code = 'bicycle_parking';
update reg_provider_kind set words = '生涯学習、ショウガイガクシュウ、講座、コウザ' where code = 'course';
update reg_provider_kind set words = 'ビョウイン、シンリョウジョ、クリニック' where code = 'clinic';
